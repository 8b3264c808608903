#include "rules/condition.h"

#include <gmock/gmock.h>

#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

using testing::HasSubstr;

struct Case {
  const char* name;
  const char* text;
  bool holds;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Conditions : public testing::TestWithParam<Case> {};

TEST_P(Conditions, Answer) {
  Condition condition;
  std::string why;
  ASSERT_TRUE(condition.parse(GetParam().text, why)) << why;
  EXPECT_EQ(condition.holds(), GetParam().holds);
}

INSTANTIATE_TEST_SUITE_P(
    , Conditions,
    testing::Values(
        Case{"version", "(version >= 3.004002)", true},
        Case{"same_version", "version == 4.000001", true},
        Case{"later_version", "version >= 4.000002", false},
        Case{"not", "!((version >= 3.003000))", false},
        Case{"perl_version", "version > 3.004001 && perl_version >= 5.018000", true},
        Case{"plugin", "plugin(Mail::SpamAssassin::Plugin::ReplaceTags)", true},
        Case{"blanks", "plugin ( Mail::SpamAssassin::Plugin::ReplaceTags )", true},
        Case{"no_plugin", "!plugin(Mail::SpamAssassin::Plugin::Razor2)", true},
        Case{"feature", "can(Mail::SpamAssassin::Conf::feature_bug6558_free)", true},
        Case{"has", "has(Mail::SpamAssassin::Conf::perl_min_version_5010000)", true},
        Case{"no_feature", "can(Mail::SpamAssassin::Conf::feature_capture_rules)", false},
        Case{"feature_of_plugin", "can(Mail::SpamAssassin::Plugin::ASN::has_check_asn)", false},
        Case{"number", "1", true}, Case{"zero", "0", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Condition, WhatIsntUnderstoodIsNone) {
  for (const char* text : {"", "local()", "plugin", "plugin(", "can X)", "version >", "_x", "(1"}) {
    Condition condition;
    std::string why;
    EXPECT_FALSE(condition.parse(text, why)) << text;
    EXPECT_FALSE(why.empty()) << text;
  }
}

std::string names(const RuleSet& rules) {
  std::string text;
  for (const Rule& rule : rules.rules()) text += rule.name + " ";
  return text;
}

TEST(ConditionBlocks, Nest) {
  const auto rules = rules_of(
      "if (version >= 3.0)\n"
      "  body A /x/\n"
      "  if (version >= 5.0)\n"
      "    body B /x/\n"
      "    if (version >= 3.0)\n"
      "      body C /x/\n"
      "    else\n"
      "      body D /x/\n"
      "    endif\n"
      "  else\n"
      "    body E /x/\n"
      "  endif\n"
      "  body F /x/\n"
      "else\n"
      "  body G /x/\n"
      "endif\n"
      "body H /x/\n");
  EXPECT_EQ(names(*rules), "A E F H ");
}

// Neither the score nor the meta is a mistake of the author.
TEST(ConditionBlocks, WhatIsLeftOutIsReportedOnceByItsReason) {
  const Loaded loaded = load_text(
      "ifplugin Mail::SpamAssassin::Plugin::DCC\n"
      "  full DCC_CHECK eval:check_dcc()\n"
      "endif\n"
      "if plugin(Mail::SpamAssassin::Plugin::DCC)\n"
      "  score DCC_CHECK 2\n"
      "endif\n"
      "score DCC_CHECK 1\n"
      "body A /x/\n"
      "meta M A && !DCC_CHECK\n");
  EXPECT_EQ(all_errors(loaded.errors),
            "unsupported test.cf:1: not supported, 2 times: the plugin "
            "Mail::SpamAssassin::Plugin::DCC; what needs it is left out\n");
  EXPECT_EQ(names(*loaded.rules), "A M ");
}

TEST(ConditionBlocks, UnbalancedOnesAreErrors) {
  EXPECT_THAT(all_errors(load_text("endif\n").errors), HasSubstr("error test.cf:1: an 'endif'"));
  EXPECT_THAT(all_errors(load_text("else\n").errors), HasSubstr("error test.cf:1: an 'else'"));
  EXPECT_THAT(all_errors(load_text("\nif 1\nif 1\nendif\n").errors),
              HasSubstr("error test.cf:2: there is no 'endif'"));
  EXPECT_THAT(all_errors(load_text("if 1\nelse\nelse\nendif\n").errors),
              HasSubstr("error test.cf:3: an 'else'"));
  EXPECT_THAT(all_errors(load_text("if foo\nbody A /x/\nendif\n").errors),
              HasSubstr("error test.cf:1: the condition 'foo': 'foo' isn't understood"));
}

// The next file starts anew.
TEST(ConditionBlocks, EndWithTheirFile) {
  Loaded loaded;
  loaded.rules = RuleSet::parse({{"a.cf", "if 0\n"}, {"b.cf", "body A /x/\n"}}, loaded.errors);
  EXPECT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(names(*loaded.rules), "A ");
}

TEST(RequireVersion, EndsAFileThatNeedsALaterOne) {
  Loaded loaded;
  loaded.rules = RuleSet::parse({{"a.cf",
                                  "require_version @@VERSION@@\nrequire_version 3.002\n"
                                  "body A /x/\nif 1\nrequire_version 5.0\nbody B /x/\nendif\n"},
                                 {"b.cf", "body C /x/\n"}},
                                loaded.errors);
  EXPECT_EQ(names(*loaded.rules), "A C ");
  EXPECT_EQ(all_errors(loaded.errors),
            "warning a.cf:5: the rest of this file needs version 5.0; it is left out\n");
}

class Include : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ / "more"); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const char* name, const char* text) {
    std::FILE* file = std::fopen((folder_ / name).c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(text, file);
    std::fclose(file);
  }
  Loaded load(const char* name) {
    Loaded loaded;
    loaded.rules = RuleSet::load({folder_ / name}, loaded.errors);
    return loaded;
  }
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "include_test";
};

TEST_F(Include, StartsAtTheFolderOfTheFile) {
  write("a.cf", "if 1\ninclude more/b.rules\nbody A /x/\nbad-keyword\nendif\n");
  write("more/b.rules", "body B /x/\nif 0\ninclude none\nendif\n");
  const Loaded loaded = load("a.cf");
  EXPECT_EQ(names(*loaded.rules), "A B ");
  ASSERT_EQ(loaded.errors.size(), 1u) << all_errors(loaded.errors);
  EXPECT_EQ(loaded.errors[0].line, 4u);
  EXPECT_EQ(loaded.errors[0].file, (folder_ / "a.cf").string());
}

TEST_F(Include, WhatIsMissingOrEndlessIsAnError) {
  write("a.cf", "include none.cf\n");
  EXPECT_THAT(all_errors(load("a.cf").errors), HasSubstr("a.cf:1: include: "));
  write("b.cf", "include b.cf\nbody B /x/\n");
  const Loaded endless = load("b.cf");
  ASSERT_EQ(endless.errors.size(), 1u);
  EXPECT_THAT(endless.errors[0].what, HasSubstr("nested more than 8 deep"));
  EXPECT_EQ(names(*endless.rules), "B ");
  EXPECT_THAT(all_errors(load_text("include b.cf\n").errors), HasSubstr("error test.cf:1: "));
}

}  // namespace
}  // namespace sekisho::rules
