#include "rules/matcher.h"

#include <gmock/gmock.h>

#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

using Feed = void (Matcher::*)(std::string_view);

std::string part_hits(const std::string& rules_text, std::string_view text, Feed feed,
                      size_t chunk = SIZE_MAX) {
  const auto rules = rules_of(rules_text);
  Matcher matcher(*rules);
  matcher.begin();
  matcher.headers_end();
  matcher.part_begin();
  for (size_t at = 0; at < text.size(); at += std::min(chunk, text.size()))
    (matcher.*feed)(text.substr(at, chunk));
  matcher.part_end();
  matcher.finish();
  return hit_names(*rules, matcher);
}

std::string body_hits(const std::string& rules_text, std::string_view text) {
  return part_hits(rules_text, text, &Matcher::body);
}

TEST(Matcher, BodyLinesAreMatchedAlone) {
  EXPECT_EQ(body_hits("body A /one two/\n", "one\r\ntwo"), "A");
  EXPECT_EQ(body_hits("body A /one\\s+two/\n", "one\n\ntwo"), "");
  EXPECT_EQ(body_hits("body A /^two$/\n", "one\n\ntwo\n\nthree"), "A");
  EXPECT_EQ(body_hits("body A /two$/\n", "one\n\ntwo and more"), "");
}

TEST(Matcher, BodyMatchesBytes) {
  EXPECT_EQ(body_hits("body A /アカウント.{0,30}停止/\n", "アカウントは一時的に停止"), "A");
  EXPECT_EQ(body_hits("body A /\\xe5\\x81\\x9c/\n", "停止"), "A");
}

TEST(Matcher, NoMatchCrossesParts) {
  const auto rules = rules_of("body A /one two/\nrawbody B /one.*two/s\n");
  Matcher matcher(*rules);
  matcher.begin();
  for (const std::string_view text : {"one", "two"}) {
    matcher.part_begin();
    matcher.body(text);
    matcher.rawbody(text);
    matcher.part_end();
  }
  EXPECT_TRUE(matcher.finish().empty());
}

TEST(Matcher, SubjectIsTheFirstBodyLine) {
  const auto rules = rules_of("body A /hello/\nbody B /hello/\ntflags B nosubject\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.header("SUBJECT", " hello", "hello");
  matcher.finish();
  EXPECT_EQ(hit_names(*rules, matcher), "A");
  matcher.begin();
  matcher.part_begin();
  matcher.body("hello");
  matcher.part_end();
  matcher.finish();
  EXPECT_EQ(hit_names(*rules, matcher), "A B");
}

struct CountCase {
  const char* name;
  const char* rules;
  const char* text;
  const char* hits;
};

void PrintTo(const CountCase& c, std::ostream* out) { *out << c.name; }

class MatcherCounts : public testing::TestWithParam<CountCase> {};

TEST_P(MatcherCounts, MatchesThatDontOverlap) {
  EXPECT_EQ(body_hits(GetParam().rules, GetParam().text), GetParam().hits);
}

INSTANTIATE_TEST_SUITE_P(
    , MatcherCounts,
    testing::Values(
        CountCase{"once_without_the_flag", "body A /a/", "a a a", "A"},
        CountCase{"each", "body A /a/\ntflags A multiple", "a a a", "A=3"},
        CountCase{"over_lines", "body A /a/\ntflags A multiple", "a a\n\na", "A=3"},
        CountCase{"maxhits", "body A /a/\ntflags A multiple maxhits=2", "a a\n\na", "A=2"},
        CountCase{"long_match_is_one", "body A /a+/\ntflags A multiple", "aaaa aa", "A=2"},
        CountCase{"no_overlap", "body A /aa/\ntflags A multiple", "aaaaa", "A=2"},
        CountCase{"look_ahead", "body A /a(?=b)/\ntflags A multiple", "ab aa ab", "A=2"},
        CountCase{"empty_matches_end", "body A /x*/\ntflags A multiple", "ab", "A=4"},
        CountCase{"meta_counts", "body __A /a/\ntflags __A multiple\nmeta B __A >= 3", "a a a",
                  "B __A=3"},
        CountCase{"meta_counts_too_few", "body __A /a/\ntflags __A multiple\nmeta B __A >= 3",
                  "a a", "__A=2"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Matcher, WhatHyperscanRefusesIsLeftToPcre) {
  const auto rules = rules_of("body A /free(?! software)/i\nbody B /(\\w)\\1\\1/\nbody C /x/\n");
  EXPECT_EQ(rules->summary(), "3 rules, 3 patterns (1 Hyperscan, 2 PCRE2)");
  const char* const text = "body A /free(?! software)/i\nbody B /(\\w)\\1\\1/\n";
  EXPECT_EQ(body_hits(text, "Free software"), "");
  EXPECT_EQ(body_hits(text, "Free beer"), "A");
  EXPECT_EQ(body_hits(text, "Free software, freely"), "A");
  EXPECT_EQ(body_hits(text, "freee software"), "A B");
}

TEST(Matcher, RunawayExpressionIsNoMatch) {
  const auto rules = rules_of("body A /^(a|aa)+\\1(?:c|d)/\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.part_begin();
  matcher.body(std::string(1500, 'a'));
  matcher.part_end();
  EXPECT_TRUE(matcher.finish().empty());
  EXPECT_EQ(matcher.limits_met(), 1u);
}

TEST(Matcher, RawbodySeesTagsAndLineEnds) {
  const char* const rules = "rawbody A /<b>x\\n<i>/\nrawbody B /^<i>/m\nrawbody C /^<i>/\n";
  EXPECT_EQ(part_hits(rules, "<b>x\n<i>", &Matcher::rawbody), "A B");
  EXPECT_EQ(part_hits(rules, "<b>x\n<i>", &Matcher::rawbody, 1), "A B");
}

TEST(Matcher, FullSeesTheMessageAsItCame) {
  const char* const rules =
      "full A /Subject: x\\r\\n\\r\\nbody/\nfull B /body$/\nfull C /(d)y\\r\\n\\1/\n";
  std::vector<RuleError> errors;
  const auto set = RuleSet::parse({{"test.cf", rules}}, errors);
  ASSERT_EQ(errors.size(), 1u);  // C sees the first kKeptBytes
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{1000}}) {
    Matcher matcher(*set);
    matcher.begin();
    const std::string_view text = "Subject: x\r\n\r\nbody\r\nd\r\nbody";
    for (size_t at = 0; at < text.size(); at += chunk) matcher.full(text.substr(at, chunk));
    matcher.finish();
    EXPECT_EQ(hit_names(*set, matcher), "A B C") << chunk;
  }
}

TEST(Matcher, HitsAreSortedAndSummedInOrder) {
  const auto rules = rules_of(
      "body C /x/\nscore C 0.1\nbody A /x/\nscore A 0.2\ndescribe A first\nbody B /x/\nscore B -3\n"
      "body __D /x/\nbody E /y/\nmeta F __D + __D\nscore F 1.5\nbody G /x/\ntflags G multiple\n"
      "score G 2\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.part_begin();
  matcher.body("x x");
  matcher.part_end();
  std::string text;
  double sum = 0;
  for (const Hit& hit : matcher.finish()) {
    text += std::string(hit.rule) + " ";
    sum += hit.score;
  }
  EXPECT_EQ(text, "A B C F G ");
  EXPECT_EQ(matcher.finish()[0].description, "first");
  EXPECT_EQ(matcher.score(), sum);
  EXPECT_DOUBLE_EQ(sum, 0.2 - 3 + 0.1 + 1.5 + 2 * 2);
}

TEST(Matcher, MetasNestInAnyOrder) {
  EXPECT_EQ(
      body_hits(
          "meta A __B && !__C\nmeta __B __D\nmeta __C __B && __E\nbody __D /d/\nbody __E /e/\n",
          "d"),
      "A __B __D");
}

TEST(Matcher, MetasThatNameEachOtherNeverHit) {
  const Loaded loaded = load_text("meta A B || 1\nmeta B A || 1\nmeta C 1\n");
  EXPECT_EQ(loaded.errors.size(), 2u) << all_errors(loaded.errors);
  Matcher matcher(*loaded.rules);
  matcher.begin();
  matcher.finish();
  EXPECT_EQ(hit_names(*loaded.rules, matcher), "C");
}

TEST(Matcher, BeginForgetsTheLastMessage) {
  const auto rules = rules_of(
      "body A /one two/\nrawbody R /one two/\nfull F /one two/\nheader H Subject =~ "
      "/one\\s+two/\nheader N X-A !~ /x/\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.header("Subject", " one", "one");
  matcher.header("X-A", " x", "x");
  matcher.part_begin();
  matcher.body("one ");
  matcher.rawbody("one ");
  matcher.full("one ");
  matcher.begin();  // left half read
  matcher.header("Subject", " two", "two");
  matcher.part_begin();
  matcher.body("two");
  matcher.rawbody("two");
  matcher.full("two");
  matcher.part_end();
  matcher.finish();
  EXPECT_EQ(hit_names(*rules, matcher), "N");
}

TEST(Matcher, NormalFormOfALineIsMatchedToo) {
  const std::string rules = "body A /viagra/\nbody B /カタカナ/\nbody C /ｶﾀｶﾅ/\n";
  EXPECT_EQ(body_hits(rules, "ｖｉａｇｒａ"), "A");
  EXPECT_EQ(body_hits(rules, "v\u200Bi\u00ADagra"), "A");
  EXPECT_EQ(body_hits(rules, "これはｶﾀｶﾅです"), "B C");
  EXPECT_EQ(body_hits(rules, "これはカタカナです"), "B");
  EXPECT_EQ(body_hits("body A /^がも/\n", "か\u3099も"), "A");
}

TEST(Matcher, JapaneseThatAHardWrapPartsIsOneWord) {
  EXPECT_EQ(body_hits("body A /アカウント/\n", "お客様のアカウ\r\nントが"), "A");
  EXPECT_EQ(body_hits("body A /アカウント/\n", "お客様のｱｶｳ\nﾝﾄが"), "A");
  EXPECT_EQ(body_hits("body A /無料/\n", "無 料"), "A");
  EXPECT_EQ(body_hits("body A /アカウント/\n", "アカウ\n\nント"), "");
  EXPECT_EQ(body_hits("body A /のアカウ ント/\nbody B /unto/\n", "のアカウ\nント un\nto"), "A");
}

TEST(Matcher, FormsOfOneTextCountOnce) {
  const auto rules =
      rules_of("body A /x/\ntflags A multiple\nuri U /example/\ntflags U multiple\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.part_begin();
  matcher.body("x ｘ x\n\nx");  // three in its normal form, and one
  matcher.part_end();
  matcher.uri({{std::string("http://example.jp"), std::string("http://example.jp/?example")}});
  matcher.finish();
  EXPECT_EQ(matcher.value("A"), 4);
  EXPECT_EQ(matcher.value("U"), 2);
}

TEST(Matcher, OfTwoReadingsOfAPartTheHigherCounts) {
  const auto rules = rules_of("body A /x/\ntflags A multiple\nbody B /y/\nbody C /z/\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.part_begin();
  matcher.body("x y");
  matcher.part_end();
  matcher.part_begin();
  matcher.body("x x z");
  matcher.part_again();
  matcher.body("x");
  matcher.part_end();
  matcher.finish();
  EXPECT_EQ(matcher.value("A"), 3);
  EXPECT_EQ(matcher.value("B"), 1);
  EXPECT_EQ(matcher.value("C"), 1);
}

TEST(Matcher, HiddenTextStandsApart) {
  const auto rules = rules_of(
      "body A /one two/\nbody B /secret/\nvisible C /secret/\nhidden D /secret/\nhidden E /one/\n"
      "visible F /two/\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.part_begin();
  matcher.body("one ");
  matcher.hidden("secret ");
  matcher.body("two");
  matcher.part_end();
  matcher.finish();
  EXPECT_EQ(hit_names(*rules, matcher), "A B D F");
}

TEST(Matcher, APartInsideAnotherKeepsItsLinesApart) {
  const auto rules = rules_of("body A /one two/\nbody B /inner/\nbody C /one inner/\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.part_begin();
  matcher.body("one ");
  matcher.part_begin();
  matcher.body("inner");
  matcher.part_end();
  matcher.body("two");
  matcher.part_end();
  matcher.finish();
  EXPECT_EQ(hit_names(*rules, matcher), "A B");
}

TEST(Matcher, FilesAndDefectsAreMatchedOneByOne) {
  const auto rules = rules_of(
      "attachment A /^a\\.zip\\t/\nattachment B /\\tapplication\\/zip$/\nattachment C /zip.*exe/s\n"
      "defect D /^odd_base64$/\ndefect E /^\\w+$/\ntflags E multiple\nmeta F B && D\n");
  Matcher matcher(*rules);
  matcher.begin();
  matcher.attachment("a.zip", "application/zip");
  matcher.attachment("b.exe", {});
  matcher.defect("bad_header_line");
  matcher.defect("odd_base64");
  matcher.finish();
  EXPECT_EQ(hit_names(*rules, matcher), "A B D E=2 F");
  matcher.begin();
  matcher.finish();
  EXPECT_EQ(hit_names(*rules, matcher), "");
}

TEST(Matcher, OneSetServesSeveralMatchers) {
  const auto rules = rules_of("body A /one two/\n");
  Matcher first(*rules), second(*rules);
  first.begin();
  second.begin();
  first.body("one ");
  second.body("two");
  first.body("two");
  EXPECT_EQ(first.finish().size(), 1u);
  EXPECT_EQ(second.finish().size(), 0u);
}

}  // namespace
}  // namespace sekisho::rules
