#include "rules/rule_parser.h"

#include <gmock/gmock.h>

#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

using testing::HasSubstr;

TEST(RuleParser, ReadsEachKind) {
  const auto rules = rules_of(
      "# a comment\n"
      "\n"
      "header   H Subject =~ /x/i   # behind a line\n"
      "header   E exists:X-Mailer\n"
      "  body   B /x/\r\n"
      "rawbody\tR\tm{x}\n"
      "full     F m!x!s\n"
      "meta     M H && B\n"
      "describe H What H is about\n"
      "lang ja describe H H の説明\n"
      "score    H 2.5\n"
      "tflags   B multiple maxhits=3 nosubject\n"
      "test     B ok xx\n"
      "test     B fail y y");
  ASSERT_EQ(rules->size(), 6u);
  const Rule& h = *rules->find("H");
  EXPECT_EQ(h.kind, RuleKind::kHeader);
  EXPECT_EQ(h.line, 3u);
  EXPECT_EQ(h.header, "Subject");
  EXPECT_DOUBLE_EQ(h.score, 2.5);
  EXPECT_EQ(h.description(), "What H is about");
  EXPECT_EQ(h.description("ja"), "H の説明");
  EXPECT_EQ(h.description("fr"), "What H is about");
  const Rule& b = *rules->find("B");
  EXPECT_TRUE(b.multiple && b.nosubject);
  EXPECT_EQ(b.hits_max, 3u);
  EXPECT_DOUBLE_EQ(b.score, 1.0);
  ASSERT_EQ(rules->samples().size(), 2u);
  EXPECT_TRUE(rules->samples()[0].hits);
  EXPECT_EQ(rules->samples()[1].text, "y y");
  EXPECT_EQ(rules->summary(), "6 rules, 4 patterns (4 Hyperscan, 0 PCRE2)");
}

TEST(RuleParser, EscapedHashIsNoComment) {
  const auto rules = rules_of(R"(body B /a\#b/  # and this is)");
  EXPECT_EQ(rules->find("B")->regex.pattern, "a#b");
}

TEST(RuleParser, LaterDefinitionWins) {
  const auto rules = rules_of("body A /x/\nscore A 2\nrawbody A /y/\nscore A 3\n");
  EXPECT_EQ(rules->find("A")->kind, RuleKind::kRawbody);
  EXPECT_DOUBLE_EQ(rules->find("A")->score, 3);
}

TEST(RuleParser, DefaultScores) {
  const auto rules = rules_of(
      "body A /x/\nbody T_A /x/\nbody __A /x/\nbody N /x/\ntflags N nice\nbody T_N /x/\n"
      "tflags T_N nice\n");
  EXPECT_DOUBLE_EQ(rules->find("A")->score, 1.0);
  EXPECT_DOUBLE_EQ(rules->find("T_A")->score, 0.01);
  EXPECT_DOUBLE_EQ(rules->find("__A")->score, 0);
  EXPECT_DOUBLE_EQ(rules->find("N")->score, -1.0);
  EXPECT_DOUBLE_EQ(rules->find("T_N")->score, -0.01);
}

TEST(RuleParser, OfFourColumnsTheFirstCounts) {
  EXPECT_DOUBLE_EQ(rules_of("body A /x/\nscore A 0.5 1 2 3\n")->find("A")->score, 0.5);
}

TEST(RuleParser, ScoreZeroDisables) {
  const auto rules = rules_of("body A /x/\nscore A 0\nbody B /x/\nmeta C A || B\ntest A ok x\n");
  EXPECT_EQ(rules->find("A"), nullptr);
  EXPECT_EQ(rules->size(), 2u);
}

struct Case {
  const char* name;
  const char* text;
  const char* error;  // the whole report, or a part of it
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class RuleParserReports : public testing::TestWithParam<Case> {};

// Each line has one fault; the good rule beside it still loads.
TEST_P(RuleParserReports, FileLineAndReason) {
  const Loaded loaded = load_text(std::string("body GOOD /x/\n") + GetParam().text + "\n");
  EXPECT_THAT(all_errors(loaded.errors), HasSubstr(GetParam().error));
  EXPECT_EQ(loaded.errors.size(), 1u) << all_errors(loaded.errors);
  EXPECT_NE(loaded.rules->find("GOOD"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    , RuleParserReports,
    testing::Values(
        Case{"unknown_keyword", "urix U /x/",
             "unsupported test.cf:2: not supported, 1 time: 'urix'; such a line has no effect"},
        Case{"loadplugin", "loadplugin Mail::SpamAssassin::Plugin::DKIM",
             "unsupported test.cf:2: not supported, 1 time: the plugin Mail::SpamAssassin::Plugin"},
        Case{
            "eval", "header A eval:check_rbl('x')\nmeta M GOOD && !A\nscore A 1",
            "unsupported test.cf:2: not supported, 1 time: eval:check_rbl; its rules count as not"},
        Case{"body_eval", "body A eval:check_bayes()",
             "unsupported test.cf:2: not supported, 1 time: eval:check_bayes;"},
        Case{"eval_syntax", "body A eval:check_bayes", "error test.cf:2: A: expected eval:TEST"},
        Case{"once_for_all", "uri_detail A x\nuri_detail B x\nmeta M A || B || GOOD",
             "unsupported test.cf:2: not supported, 2 times: 'uri_detail'; its rules count as not"},
        Case{"of_the_plan", "required_score 5.0",
             "unsupported test.cf:2: not supported, 1 time: 'required_score'; what a message gets"},
        Case{"settings_of_nothing", "score X 1\nscore Y 1\ntflags Z nice",
             "warning test.cf:2: X: there is no such rule; nor are 2 others there that this file "
             "sets: Y Z"},
        Case{"address_missing", "welcomelist_from", "error test.cf:2: addresses are missing"},
        Case{"list_name", "enlist_addrlist a@b", "error test.cf:2: 'enlist_addrlist' needs"},
        Case{"bad_name", "body A-B /x/", "error test.cf:2: not a rule name: 'A-B'"},
        Case{"no_name", "body", "error test.cf:2: not a rule name: ''"},
        Case{"no_regex", "body A x", "error test.cf:2: A: expected a regular expression"},
        Case{"text_behind", "body A /x/ y", "error test.cf:2: A: 'y' behind"},
        Case{"pcre_refuses", "body A /x(/", "error test.cf:2: A: missing closing parenthesis"},
        Case{"no_match_operator", "header A Subject /x/", "error test.cf:2: A: expected NAME =~"},
        Case{"bad_view", "header A From:domain =~ /x/",
             "error test.cf:2: A: unknown header modifier"},
        Case{"relays", "header A X-Spam-Relays-External =~ /x/",
             "unsupported test.cf:2: not supported, 1 time: the pseudo header X-Spam-Relays-Ex"},
        Case{"bad_header_name", "header A exists:a b",
             "error test.cf:2: A: not a header name: a b"},
        Case{"score_not_a_number", "score GOOD high", "error test.cf:2: GOOD: not a score: 'high'"},
        Case{"score_nan", "score GOOD nan", "error test.cf:2: GOOD: not a score: 'nan'"},
        Case{"score_three_columns", "score GOOD 1 2 3", "error test.cf:2: GOOD: a score has one"},
        Case{"score_relative", "score GOOD (1)", "warning test.cf:2: GOOD: relative scores"},
        Case{"score_of_nothing", "score NONE 1", "warning test.cf:2: NONE: there is no such rule"},
        Case{"describe_of_nothing", "describe NONE x",
             "warning test.cf:2: NONE: there is no such rule"},
        Case{"describe_empty", "describe GOOD",
             "error test.cf:2: GOOD: the description is missing"},
        Case{"lang_report", "lang de report x",
             "unsupported test.cf:2: not supported, 1 time: 'lang' of"},
        Case{"tflags_unknown", "tflags GOOD net range=2-",
             "unsupported test.cf:2: not supported, 1 time: the flag 'range=2-'; it has no effect"},
        Case{"maxhits_zero", "tflags GOOD multiple maxhits=0", "error test.cf:2: maxhits needs"},
        Case{"test_neither", "test GOOD yes x", "error test.cf:2: GOOD: a test says"},
        Case{"test_of_nothing", "test NONE ok x", "warning test.cf:2: a test for NONE"},
        Case{"meta_syntax", "meta A (GOOD", "error test.cf:2: A: a ( is never closed"},
        Case{"meta_missing", "meta A GOOD && NONE", "warning test.cf:2: A: NONE isn't there"},
        Case{"meta_cycle", "meta A GOOD && A", "error test.cf:2: A: refers to itself"},
        Case{"sub_rule_score", "body __A /x/\nscore __A 1", "warning test.cf:2: __A: a name in __"},
        Case{"full_by_pcre", "full A /(x)\\1/", "warning test.cf:2: A: PCRE2 has to match it"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RuleSet, LoadsFoldersInOrderAndReportsWhatIsMissing) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "rule_set_test";
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const char* text) {
    std::FILE* file = std::fopen((folder / name).c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(text, file);
    std::fclose(file);
  };
  write("20.cf", "score A 4\n");
  write("10.cf", "body A /x/\nscore A 3\n");
  write("notes.txt", "this is no rule file\n");
  std::vector<RuleError> errors;
  const auto rules = RuleSet::load({folder, folder / "none.cf"}, errors);
  std::filesystem::remove_all(folder);
  ASSERT_EQ(errors.size(), 1u) << all_errors(errors);
  EXPECT_THAT(errors[0].text(), HasSubstr("none.cf:0: "));
  ASSERT_EQ(rules->size(), 1u);
  EXPECT_DOUBLE_EQ(rules->find("A")->score, 4);
}

TEST(RuleSet, NoRulesIsAnEmptySetThatMatchesNothing) {
  const auto rules = rules_of("");
  EXPECT_EQ(rules->size(), 0u);
  Matcher matcher(*rules);
  matcher.begin();
  matcher.header("Subject", " x", "x");
  matcher.part_begin();
  matcher.body("x");
  matcher.part_end();
  EXPECT_TRUE(matcher.finish().empty());
  EXPECT_EQ(matcher.score(), 0);
}

}  // namespace
}  // namespace sekisho::rules
