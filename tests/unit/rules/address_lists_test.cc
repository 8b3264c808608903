#include "rules/address_lists.h"

#include <gmock/gmock.h>

#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string hits(const std::string& text, const Fields& fields, const std::string& sender = {}) {
  const auto rules = rules_of(text);
  Matcher matcher(*rules);
  matcher.begin();
  matcher.envelope(sender, {}, {});
  for (const auto& [name, value] : fields) matcher.header(name, value, value);
  matcher.finish();
  return hit_names(*rules, matcher);
}

const char* const kWelcome = "USER_IN_WELCOMELIST USER_IN_WHITELIST";

struct Case {
  const char* name;
  const char* lines;
  const char* from;
  bool hits;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class WelcomeList : public testing::TestWithParam<Case> {};

TEST_P(WelcomeList, From) {
  EXPECT_EQ(hits(GetParam().lines, {{"From", GetParam().from}}), GetParam().hits ? kWelcome : "");
}

INSTANTIATE_TEST_SUITE_P(
    , WelcomeList,
    testing::Values(
        Case{"address", "welcomelist_from joe@example.com\n", "Joe <JOE@Example.com>", true},
        Case{"old_name", "whitelist_from joe@example.com\n", "joe@example.com", true},
        Case{"second_of_a_line", "welcomelist_from a@b.example Joe@example.com\n",
             "joe@example.com", true},
        Case{"dot_is_a_dot", "welcomelist_from joe@example.com\n", "joe@exampleXcom", false},
        Case{"whole_address", "welcomelist_from joe@example.com\n", "joe@example.com.evil", false},
        Case{"not_in_a_name", "welcomelist_from joe@example.com\n",
             "\"joe@example.com\" <x@evil.example>", false},
        Case{"star", "welcomelist_from *@example.com\n", "anybody@example.com", true},
        Case{"star_of_domain", "welcomelist_from *.example.net\n", "a@b.example.net", true},
        Case{"question", "welcomelist_from joe?@example.com\n", "joe1@example.com", true},
        Case{"question_is_one", "welcomelist_from joe?@example.com\n", "joe@example.com", false},
        Case{"taken_out",
             "welcomelist_from a@b.c\nwelcomelist_from *@b.c d@b.c\n"
             "unwhitelist_from *@B.c A@b.c\n",
             "a@b.c", false},
        Case{"two_addresses", "welcomelist_from b@b.c\n", "a@b.c, b@b.c", true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AddressLists, SendersAndRecipients) {
  EXPECT_EQ(hits("blocklist_from *@evil.example\n", {}, "x@evil.example"),
            "USER_IN_BLACKLIST USER_IN_BLOCKLIST");
  EXPECT_EQ(hits("blacklist_from *@evil.example\n", {{"Resent-From", "x@evil.example"}}),
            "USER_IN_BLACKLIST USER_IN_BLOCKLIST");
  EXPECT_EQ(hits("blocklist_from *@evil.example\n", {{"To", "x@evil.example"}}), "");
  EXPECT_EQ(hits("welcomelist_to a@x.example\nmore_spam_to b@x.example\nall_spam_to c@x.example\n"
                 "blocklist_to d@x.example\n",
                 {{"To", "a@x.example, b@x.example"}, {"Delivered-To", "c@x.example"}}),
            "USER_IN_ALL_SPAM_TO USER_IN_MORE_SPAM_TO USER_IN_WELCOMELIST_TO USER_IN_WHITELIST_TO");
}

// A list counts once; the file's own rule and score are the ones that count.
TEST(AddressLists, Scores) {
  const auto shipped = rules_of("welcomelist_from a@b.c\nblocklist_to a@b.c\n");
  EXPECT_DOUBLE_EQ(shipped->find("USER_IN_WELCOMELIST")->score, -100);
  EXPECT_DOUBLE_EQ(shipped->find("USER_IN_WHITELIST")->score, -0.01);
  EXPECT_DOUBLE_EQ(shipped->find("USER_IN_BLOCKLIST_TO")->score, 10);
  EXPECT_NE(shipped->find("USER_IN_BLOCKLIST_TO")->description(), "");
  const auto own = rules_of(
      "score USER_IN_WELCOMELIST -5\nwelcomelist_from a@b.c\n"
      "header USER_IN_WHITELIST eval:check_from_in_whitelist()\nscore USER_IN_WHITELIST -2\n");
  EXPECT_DOUBLE_EQ(own->find("USER_IN_WELCOMELIST")->score, -5);
  EXPECT_EQ(own->find("USER_IN_WHITELIST")->kind, RuleKind::kAddressList);
  EXPECT_DOUBLE_EQ(own->find("USER_IN_WHITELIST")->score, -2);
}

TEST(AddressLists, NamedOnes) {
  const char* const kText =
      "enlist_addrlist (FRIENDS) a@b.c *@friend.example\n"
      "header F eval:check_from_in_list('FRIENDS')\nheader T eval:check_to_in_list('FRIENDS')\n"
      "header R eval:check_replyto_in_list(\"FRIENDS\")\nheader N "
      "eval:check_from_in_list('NONE')\n";
  EXPECT_EQ(hits(kText, {{"From", "a@b.c"}}), "F");
  EXPECT_EQ(hits(kText, {{"Cc", "x@friend.example"}, {"Reply-To", "X@friend.example"}}), "R T");
}

}  // namespace
}  // namespace sekisho::rules
