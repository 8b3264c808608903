#include <gtest/gtest.h>

#include "codec/encoded_word.h"
#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

struct Field {
  const char* name;
  const char* raw;
};

struct Case {
  const char* name;
  const char* rule;
  std::vector<Field> fields;
  bool hits;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class HeaderRule : public testing::TestWithParam<Case> {};

TEST_P(HeaderRule, Hits) {
  const auto rules = rules_of("header A " + std::string(GetParam().rule) + "\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.envelope("bounce@env.example", "helo.example", "192.0.2.1");
  for (const Field& field : GetParam().fields)
    matcher.header(field.name, field.raw, codec::decode_encoded_words(field.raw));
  matcher.headers_end();
  matcher.finish();
  EXPECT_EQ(matcher.value("A"), GetParam().hits ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(
    , HeaderRule,
    testing::Values(
        Case{"match", "Subject =~ /^hello$/", {{"Subject", " hello"}}, true},
        Case{"name_has_no_case", "subject =~ /^hello$/", {{"SUBJECT", " hello"}}, true},
        Case{"name_is_whole", "Subject =~ /hello/", {{"Subject2", " hello"}}, false},
        Case{"decoded", "Subject =~ /^検索$/", {{"Subject", " =?utf-8?B?5qSc57Si?="}}, true},
        Case{"addr_raw", "From:addr:raw =~ /^a@b$/", {{"From", " x <a@b>"}}, true},
        Case{"raw_name", "From:raw:name =~ /^x$/", {{"From", " x <a@b>"}}, true},
        Case{"unfolded", "Subject =~ /^a b$/", {{"Subject", " a\r\n b"}}, true},
        Case{"raw_is_as_it_came",
             "Subject:raw =~ /^ =\\?utf-8\\?.*\\n b$/",
             {{"Subject", " =?utf-8?Q?a?=\r\n b"}},
             true},
        Case{"several_are_joined",
             "Received =~ /^a\\nb\\n$/",
             {{"Received", " a"}, {"Received", " b"}},
             true},
        Case{"multiline", "Received =~ /^b$/m", {{"Received", " a"}, {"Received", " b"}}, true},
        Case{"empty_value", "Subject =~ /^\\s*$/", {{"Subject", ""}}, true},
        Case{"absent_matches_nothing", "Subject =~ /^\\s*$/", {}, false},
        Case{"not", "Subject !~ /x/", {{"Subject", " y"}}, true},
        Case{"not_matching", "Subject !~ /x/", {{"Subject", " x"}}, false},
        Case{"not_absent", "Subject !~ /x/", {}, true},
        Case{"if_unset_matches", "Subject =~ /^none$/ [if-unset: none]", {}, true},
        Case{"if_unset_fails", "Subject =~ /^some$/ [if-unset: none]", {}, false},
        Case{"if_unset_not", "Subject !~ /^none$/ [if-unset: none]", {}, false},
        Case{
            "if_unset_present", "Subject =~ /^none$/ [if-unset: none]", {{"Subject", " x"}}, false},
        Case{"exists", "exists:X-Mailer", {{"x-mailer", ""}}, true},
        Case{"exists_not", "exists:X-Mailer", {{"X-Mailer-2", " x"}}, false},
        Case{"addr", "From:addr =~ /^a@b\\.example$/", {{"From", " \"x@y\" <a@b.example>"}}, true},
        Case{"name", "From:name =~ /^x@y$/", {{"From", " \"x@y\" <a@b.example>"}}, true},
        Case{"name_decoded",
             "From:name =~ /^検索$/",
             {{"From", " =?utf-8?B?5qSc57Si?= <a@b.example>"}},
             true},
        Case{"name_decoded_is_no_address",
             "From:addr =~ /bank/",
             {{"From", " =?utf-8?Q?=3Cx=40bank=3E?= <a@b.example>"}},
             false},
        Case{"to_cc", "ToCc =~ /^a@b\\nc@d$/", {{"To", " a@b"}, {"Cc", " c@d"}}, true},
        Case{"to_cc_addr", "ToCc:addr =~ /^c@d$/m", {{"To", " a@b"}, {"Cc", " C <c@d>"}}, true},
        Case{"message_id",
             "MESSAGEID =~ /<1@x>\\n<2@x>/",
             {{"Message-Id", " <1@x>"}, {"Resent-Message-ID", " <2@x>"}},
             true},
        Case{"envelope_from", "EnvelopeFrom =~ /^bounce@env\\.example$/", {}, true},
        Case{"all", "ALL =~ /^A: 1\\nB: 2\\n 3\\n$/", {{"A", " 1"}, {"B", " 2\r\n 3"}}, true},
        Case{"all_by_line", "ALL =~ /^b:/im", {{"A", " 1"}, {"B", " 2"}}, true},
        Case{"look_ahead", "Subject =~ /^a(?!b)/", {{"Subject", " ac"}}, true},
        Case{"look_ahead_fails", "Subject =~ /^a(?!b)/", {{"Subject", " ab"}}, false},
        Case{"back_reference_across_fields",
             "ALL =~ /^To: (\\S+)\\nFrom: \\1$/m",
             {{"To", " a@b"}, {"From", " a@b"}},
             true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HeaderRules, FieldsBehindTheHeaderAreIgnored) {
  const auto rules = rules_of("header A Subject =~ /x/\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.headers_end();
  matcher.header("Subject", " x", "x");
  matcher.finish();
  EXPECT_EQ(matcher.value("A"), 0);
}

TEST(HeaderRules, PcreSeesWhatIsKept) {
  const auto rules = rules_of("header A Subject =~ /x(?=y)/\n");
  Matcher matcher(*rules);
  for (const bool late : {false, true}) {
    const std::string value = std::string(late ? kKeptBytes : kKeptBytes - 10, 'a') + "xy";
    matcher.begin();
    matcher.header("Subject", value, value);
    matcher.finish();
    EXPECT_EQ(matcher.value("A"), late ? 0 : 1);
  }
}

}  // namespace
}  // namespace sekisho::rules
