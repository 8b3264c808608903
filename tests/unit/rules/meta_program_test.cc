#include "rules/meta_program.h"

#include <gtest/gtest.h>

namespace sekisho::rules {
namespace {

// A is 1, B is 2, C is 0; everything else doesn't exist.
double value_of(const std::string& text) {
  MetaProgram program;
  std::string why;
  EXPECT_TRUE(program.parse(text, why)) << why;
  program.resolve([](const std::string& name) {
    return name == "A" ? 0 : name == "B" ? 1 : name == "C" ? 2 : MetaProgram::kMissing;
  });
  const std::vector<double> values{1, 2, 0};
  std::vector<double> stack(program.stack_size());
  return program.evaluate(values, stack);
}

struct Case {
  const char* name;
  const char* text;
  double value;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Meta : public testing::TestWithParam<Case> {};

TEST_P(Meta, HasTheValueThatPerlGives) {
  EXPECT_DOUBLE_EQ(value_of(GetParam().text), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    , Meta,
    testing::Values(
        Case{"rule", "B", 2}, Case{"number", "1.5", 1.5}, Case{"missing_rule_is_0", "Z", 0},
        Case{"and", "A && B", 1}, Case{"and_false", "A && C", 0}, Case{"or", "C || B", 1},
        Case{"not", "!C", 1}, Case{"not_not", "!!B", 1}, Case{"not_binds_tightest", "!C + 1", 2},
        Case{"minus", "-B + 3", 1}, Case{"minus_minus", "3 - -B", 5}, Case{"plus_sign", "+B", 2},
        Case{"sum", "A + B + C >= 3", 1}, Case{"sum_too_small", "A + B + C > 3", 0},
        Case{"product_before_sum", "1 + B * 3", 7}, Case{"parentheses", "(1 + B) * 3", 9},
        Case{"left_to_right", "8 - 4 - 2", 2}, Case{"division_left_to_right", "8 / 4 / 2", 1},
        Case{"division_by_zero_is_0", "1 / C", 0}, Case{"remainder", "7 % 4", 3},
        Case{"remainder_by_a_fraction_is_0", "7 % 0.5", 0}, Case{"and_before_or", "A || A && C", 1},
        Case{"comparison_before_equality", "1 < 2 == A", 1}, Case{"equality", "B == 2", 1},
        Case{"inequality", "B != 2", 0}, Case{"without_blanks", "(A+B>=3)&&!C", 1},
        Case{"nested", "((((B))))", 2}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadCase {
  const char* name;
  const char* text;
  const char* why;
};

void PrintTo(const BadCase& c, std::ostream* out) { *out << c.name; }

class MetaBad : public testing::TestWithParam<BadCase> {};

TEST_P(MetaBad, SaysWhy) {
  MetaProgram program;
  std::string why;
  EXPECT_FALSE(program.parse(GetParam().text, why));
  EXPECT_NE(why.find(GetParam().why), std::string::npos) << why;
}

INSTANTIATE_TEST_SUITE_P(
    , MetaBad,
    testing::Values(BadCase{"empty", "", "ends where"},
                    BadCase{"operator_at_the_end", "A &&", "ends where"},
                    BadCase{"two_rules", "A B", "expected an operator"},
                    BadCase{"left_open", "(A", "never closed"},
                    BadCase{"closed_too_often", "A)", "without its ("},
                    BadCase{"empty_parentheses", "()", "expected a rule name"},
                    BadCase{"single_ampersand", "A & B", "expected an operator"},
                    BadCase{"letters_in_a_number", "3A", "not a number"},
                    BadCase{"function", "rules_matching(A)", "isn't supported"},
                    BadCase{"foreign_character", "A && ?", "expected a rule name"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MetaProgram, DeepNestingIsNoRecursion) {
  const std::string deep(1500, '(');
  EXPECT_DOUBLE_EQ(value_of(deep + "A" + std::string(1500, ')')), 1);
  MetaProgram program;
  std::string why;
  EXPECT_FALSE(program.parse(std::string(100000, '('), why));
}

TEST(MetaProgram, StackHoldsOnlyWhatIsPending) {
  MetaProgram program;
  std::string why;
  ASSERT_TRUE(program.parse("A + A + A + A", why));
  EXPECT_EQ(program.stack_size(), 2u);
  ASSERT_TRUE(program.parse("A + (A + (A + A))", why));
  EXPECT_EQ(program.stack_size(), 4u);
}

}  // namespace
}  // namespace sekisho::rules
