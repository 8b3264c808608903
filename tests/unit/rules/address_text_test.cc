#include "rules/address_text.h"

#include <gtest/gtest.h>

namespace sekisho::rules {
namespace {

struct Case {
  const char* name;
  const char* value;
  const char* addresses;
  const char* names;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class AddressText : public testing::TestWithParam<Case> {};

TEST_P(AddressText, PartsOfTheList) {
  std::string addresses, names;
  append_address_parts(GetParam().value, AddressPart::kAddress, addresses);
  append_address_parts(GetParam().value, AddressPart::kName, names);
  EXPECT_EQ(addresses, GetParam().addresses);
  EXPECT_EQ(names, GetParam().names);
}

INSTANTIATE_TEST_SUITE_P(
    , AddressText,
    testing::Values(
        Case{"bare", " a@b.example", "a@b.example\n", ""},
        Case{"name", "Ann Lee <a@b.example>", "a@b.example\n", "Ann Lee\n"},
        Case{"quoted", R"("Lee, Ann" <a@b.example>)", "a@b.example\n", "Lee, Ann\n"},
        Case{"escaped_quote", R"("Ann \"A\" Lee" <a@b.example>)", "a@b.example\n",
             "Ann \"A\" Lee\n"},
        Case{"folded", "Ann\r\n  Lee\r\n\t<a@b.example>", "a@b.example\n", "Ann Lee\n"},
        Case{"comment_is_the_name", "a@b.example (Ann (A) Lee)", "a@b.example\n", "Ann (A) Lee\n"},
        Case{"comment_beside_a_name", "Ann (work) <a@b.example>", "a@b.example\n", "Ann\n"},
        Case{"several", "a@b.example, C D <c@d.example>,,e@f.example",
             "a@b.example\nc@d.example\ne@f.example\n", "C D\n"},
        Case{"group", "team: a@b.example, c@d.example; e@f.example",
             "a@b.example\nc@d.example\ne@f.example\n", ""},
        Case{"empty_group", "undisclosed-recipients:;", "", ""},
        Case{"source_route", "<@x.example,@y.example:a@b.example>", "a@b.example\n", ""},
        Case{"address_as_name", R"("x@bank.example" <a@evil.example>)", "a@evil.example\n",
             "x@bank.example\n"},
        Case{"encoded_word_is_left_alone", "=?utf-8?q?=3Cx=40y=3E?= <a@b.example>", "a@b.example\n",
             "=?utf-8?q?=3Cx=40y=3E?=\n"},
        Case{"angle_never_closed", "Ann <a@b.example", "a@b.example\n", "Ann\n"},
        Case{"quote_never_closed", "\"Ann <a@b.example>", "Ann<a@b.example>\n", ""},
        Case{"comment_never_closed", "a@b.example (Ann", "a@b.example\n", "Ann\n"},
        Case{"null", "<>", "", ""}, Case{"empty", "", "", ""}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sekisho::rules
