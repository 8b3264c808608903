#include "rules/regex_text.h"

#include <gtest/gtest.h>

namespace sekisho::rules {
namespace {

struct Case {
  const char* name;
  const char* text;
  const char* pattern;
  const char* modifiers;
  const char* rest;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class RegexTextGood : public testing::TestWithParam<Case> {};

TEST_P(RegexTextGood, Parses) {
  RegexText regex;
  std::string_view rest;
  std::string why;
  ASSERT_TRUE(parse_regex_text(GetParam().text, regex, rest, why)) << why;
  EXPECT_EQ(regex.pattern, GetParam().pattern);
  const std::string modifiers = std::string(regex.caseless ? "i" : "") +
                                (regex.multiline ? "m" : "") + (regex.dotall ? "s" : "") +
                                (regex.extended ? "x" : "");
  EXPECT_EQ(modifiers, GetParam().modifiers);
  EXPECT_EQ(rest, GetParam().rest);
}

INSTANTIATE_TEST_SUITE_P(, RegexTextGood,
                         testing::Values(Case{"plain", "/a b/", "a b", "", ""},
                                         Case{"modifiers", "/a/xsmi", "a", "imsx", ""},
                                         Case{"escaped_slash", R"(/a\/b/i)", R"(a\/b)", "i", ""},
                                         Case{"escaped_backslash", R"(/a\\/)", R"(a\\)", "", ""},
                                         Case{"braces_nest", "m{a{2,3}b}i", "a{2,3}b", "i", ""},
                                         Case{"parentheses_nest", "m((a)(b))", "(a)(b)", "", ""},
                                         Case{"angle", "m<a>", "a", "", ""},
                                         Case{"exclamation", "m!a/b!", "a/b", "", ""},
                                         Case{"comma", "m,a/b,s", "a/b", "s", ""},
                                         Case{"rest_is_kept", "/a/i [if-unset: b]", "a", "i",
                                              " [if-unset: b]"},
                                         Case{"empty", "//", "", "", ""}),
                         [](const auto& row) { return std::string(row.param.name); });

struct BadCase {
  const char* name;
  const char* text;
  const char* why;
};

void PrintTo(const BadCase& c, std::ostream* out) { *out << c.name; }

class RegexTextBad : public testing::TestWithParam<BadCase> {};

TEST_P(RegexTextBad, SaysWhy) {
  RegexText regex;
  std::string_view rest;
  std::string why;
  EXPECT_FALSE(parse_regex_text(GetParam().text, regex, rest, why));
  EXPECT_NE(why.find(GetParam().why), std::string::npos) << why;
}

INSTANTIATE_TEST_SUITE_P(
    , RegexTextBad,
    testing::Values(BadCase{"nothing", "", "expected a regular expression"},
                    BadCase{"no_delimiter", "abc", "expected a regular expression"},
                    BadCase{"letter_as_delimiter", "maba", "expected a regular expression"},
                    BadCase{"never_closed", "/abc", "no closing /"},
                    BadCase{"backslash_hides_the_end", R"(/abc\/)", "no closing /"},
                    BadCase{"brace_left_open", "m{a{2}", "no closing }"},
                    BadCase{"unknown_modifier", "/abc/g", "unknown modifier 'g'"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RegexText, RefusesMoreThan16000Bytes) {
  RegexText regex;
  std::string_view rest;
  std::string why;
  EXPECT_TRUE(parse_regex_text("/" + std::string(16000, 'a') + "/", regex, rest, why));
  EXPECT_FALSE(parse_regex_text("/" + std::string(16001, 'a') + "/", regex, rest, why));
}

}  // namespace
}  // namespace sekisho::rules
