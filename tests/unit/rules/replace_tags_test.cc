#include "rules/replace_tags.h"

#include <gmock/gmock.h>

#include "rules/sample_run.h"
#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

using testing::HasSubstr;

struct Case {
  const char* name;
  const char* pattern;
  const char* replaced;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Replaced : public testing::TestWithParam<Case> {};

TEST_P(Replaced, Pattern) {
  const auto rules = rules_of(
      "replace_rules OTHER R\n"
      "body R /" +
      std::string(GetParam().pattern) +
      "/i\n"
      "replace_tag A [a@]\n"
      "replace_tag\tB  (?:b|8)  # comment\n"
      "replace_tag BOTH <A><B>\n"
      "replace_pre  Q (?=.)\n"
      "replace_inter W1 \\W?\n"
      "replace_post P2 {1,2}\n");
  ASSERT_NE(rules->find("R"), nullptr);
  EXPECT_EQ(rules->find("R")->regex.pattern, GetParam().replaced);
}

INSTANTIATE_TEST_SUITE_P(
    , Replaced,
    testing::Values(Case{"tags", "x<A>y<B>", "x[a@]y(?:b|8)"}, Case{"none", "xy", "xy"},
                    Case{"unknown_name", "<br><A>", "<br>[a@]"},
                    Case{"names_have_case", "<a>", "<a>"},
                    Case{"nested", "^<BOTH>", "^[a@](?:b|8)"},
                    Case{"inter", "<inter W1><A><B>x<A>", "[a@]\\W?(?:b|8)x[a@]"},
                    Case{"post", "<A><post P2>x<B>", "[a@]{1,2}x(?:b|8){1,2}"},
                    Case{"pre", "<pre Q>x<A>", "x(?=.)[a@]"},
                    Case{"inter_stands_between", "<A><inter W1><B>", "[a@]\\W?(?:b|8)"},
                    Case{"inter_unknown", "<inter X><A><B>", "[a@](?:b|8)"},
                    Case{"inner_tags_have_none", "<inter W1><BOTH><A>", "[a@](?:b|8)\\W?[a@]"},
                    Case{"open_end", "<A", "<A"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReplaceTags, OnlyInRulesThatAreListed) {
  const auto rules = rules_of("replace_tag A [a@]\nbody R /<A>/\nbody S /<A>/\nreplace_rules R\n");
  EXPECT_EQ(rules->find("S")->regex.pattern, "<A>");
}

TEST(ReplaceTags, OtherDelimiters) {
  const auto rules = rules_of(
      "replace_start {%\nreplace_end %}\nreplace_tag A [a@]\n"
      "header R Subject =~ /{%A%}<A>/\nreplace_rules R\n");
  EXPECT_EQ(rules->find("R")->regex.pattern, "[a@]<A>");
}

TEST(ReplaceTags, RulesHit) {
  const auto rules = rules_of(
      "replace_tag V (?:[vu]|\\\\/)\nreplace_tag I [il|!1]\nreplace_tag A [a@]\n"
      "body R /<V>+<I>+<A>+/i\nreplace_rules R\ntest R ok U|@\ntest R fail xia\n");
  Matcher matcher(*rules);
  for (const Sample& sample : rules->samples()) {
    play_sample(*rules, sample, matcher);
    EXPECT_EQ(matcher.value("R") > 0, sample.hits) << sample.text;
  }
}

TEST(ReplaceTags, WhatHasNoEndIsAnError) {
  const Loaded loaded =
      load_text("replace_tag A <B>\nreplace_tag B x<A>\nbody R /<A>/\nreplace_rules R\nmeta M R\n");
  EXPECT_THAT(all_errors(loaded.errors), HasSubstr("error test.cf:3: R: its tags are nested"));
  EXPECT_EQ(loaded.errors.size(), 1u) << all_errors(loaded.errors);
  EXPECT_EQ(loaded.rules->find("R"), nullptr);
  std::string doubling = "replace_rules R\nbody R /<T0>/\nreplace_tag T7 " + std::string(200, 'x');
  for (int i = 0; i < 7; ++i)
    doubling += "\nreplace_tag T" + std::to_string(i) + " <T" + std::to_string(i + 1) + "><T" +
                std::to_string(i + 1) + ">";
  EXPECT_THAT(
      all_errors(load_text(doubling + "\n").errors),
      HasSubstr("unsupported test.cf:2: not supported, 1 time: a pattern that its tags make"));
}

TEST(ReplaceTags, NeedsSomethingToSay) {
  EXPECT_THAT(all_errors(load_text("replace_rules\n").errors),
              HasSubstr("error test.cf:1: 'replace_rules' needs something behind it"));
}

}  // namespace
}  // namespace sekisho::rules
