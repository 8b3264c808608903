// The rules that are shipped: their own samples, the two engines against each other, no allocation.

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "allocation_counter.h"
#include "rules/sample_run.h"
#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

const RuleSet& shipped() {
  static const auto rules = [] {
    std::vector<RuleError> errors;
    auto set = RuleSet::load({std::filesystem::path(SOURCE_DIR) / "rules"}, errors);
    for (const RuleError& error : errors) ADD_FAILURE() << error.text();
    return set;
  }();
  return *rules;
}

TEST(ShippedRules, LoadWithoutAnyComplaint) { EXPECT_GT(shipped().size(), 50u); }

TEST(ShippedRules, SamplesHoldHoweverTheyAreCut) {
  Matcher matcher(shipped());
  for (const Sample& sample : shipped().samples())
    for (const size_t chunk : {SIZE_MAX, size_t{7}, size_t{1}}) {
      play_sample(shipped(), sample, matcher, chunk);
      EXPECT_EQ(matcher.value(sample.rule) != 0, sample.hits)
          << sample.file << ":" << sample.line << ": " << sample.rule << " in chunks of " << chunk;
    }
}

TEST(ShippedRules, EachHasAHitANearMissAndIsDescribedInTwoLanguages) {
  std::set<std::pair<std::string, bool>> seen;
  for (const Sample& sample : shipped().samples()) seen.insert({sample.rule, sample.hits});
  for (const Rule& rule : shipped().rules()) {
    if (rule.is_sub_rule()) continue;
    EXPECT_TRUE(seen.contains({rule.name, true})) << rule.name;
    EXPECT_TRUE(seen.contains({rule.name, false})) << rule.name;
    EXPECT_FALSE(rule.description().empty()) << rule.name;
    EXPECT_NE(rule.description("ja"), rule.description()) << rule.name;
  }
}

TEST(ShippedRules, NoRuleButTheTestStringMakesSpamAlone) {
  for (const Rule& rule : shipped().rules()) {
    if (rule.name == "SEKISHO_GTUBE") continue;
    EXPECT_LT(rule.score, 5) << rule.name;
  }
  EXPECT_GE(shipped().find("SEKISHO_GTUBE")->score, 1000);
}

// Text that comes close to the patterns: words of the samples, shuffled, with line ends and noise.
std::string seeded_text(unsigned seed) {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> list;
    for (const Sample& sample : shipped().samples())
      for (std::string_view rest = sample.text; !rest.empty();) {
        const size_t end = std::min(rest.find(' '), rest.size());
        list.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    return list;
  }();
  std::minstd_rand random(seed);
  std::string text;
  for (size_t at = random() % words.size(); text.size() < 4000; ++at) {
    // Runs of words keep phrases whole; jumps mix them.
    if (random() % 12 == 0) at = random() % words.size();
    text += words[at % words.size()];
    text += random() % 30 == 0 ? "\n\n" : random() % 8 == 0 ? "\n" : " ";
    if (random() % 40 == 0) text.push_back(static_cast<char>(random() % 256));
  }
  return text;
}

std::map<uint32_t, uint32_t> hyperscan_hits(const PatternSet& set, std::string_view text,
                                            ScanContext& context) {
  PatternScan scan(set, context);
  std::vector<uint32_t> counts(shipped().size());
  for (size_t at = 0; at < text.size(); at += 7) scan.feed(text.substr(at, 7));
  scan.finish(text, counts);
  std::map<uint32_t, uint32_t> hits;
  for (uint32_t rule = 0; rule < counts.size(); ++rule)
    if (counts[rule] > 0) hits[rule] = counts[rule];
  return hits;
}

std::map<uint32_t, uint32_t> pcre_hits(const PatternSet& set, std::string_view text) {
  std::map<uint32_t, uint32_t> hits;
  RegexRun run;
  for (const Pattern& pattern : set.patterns()) {
    std::string why;
    const uint32_t count =
        run.count(Regex::compile(pattern.text, why, Regex::Jit::kNo), text, pattern.hits_max);
    if (count > 0) hits[pattern.rule] = count;
  }
  return hits;
}

TEST(ShippedRules, HyperscanAndPcreAgree) {
  std::vector<const PatternSet*> sets{&shipped().text(RuleKind::kBody),
                                      &shipped().text(RuleKind::kRawbody)};
  for (size_t i = 0; i < shipped().headers().size(); ++i)
    sets.push_back(&shipped().headers()[i].patterns);
  ScanContext context(sets);
  size_t hits = 0;
  for (const PatternSet* set : sets)
    for (unsigned seed = 1; seed <= 8; ++seed) {
      const std::string text = seeded_text(seed);
      for (size_t at = 0; at < text.size(); at += 500) {
        const std::string_view line = std::string_view(text).substr(at, 500);
        const auto expected = pcre_hits(*set, line);
        ASSERT_EQ(hyperscan_hits(*set, line, context), expected) << line;
        hits += expected.size();
      }
    }
  EXPECT_GT(hits, 100u);  // or the text is nothing like the patterns
}

void play_mail(Matcher& matcher) {
  matcher.begin();
  matcher.envelope("a@example.com", "helo", "192.0.2.1");
  matcher.header("From", " \"service@bank.example\" <x@evil.example>",
                 "\"service@bank.example\" <x@evil.example>");
  matcher.header("Subject", " URGENT BUSINESS PROPOSAL", "URGENT BUSINESS PROPOSAL");
  matcher.headers_end();
  matcher.part_begin();
  static const std::string text = seeded_text(1);
  for (size_t at = 0; at < text.size(); at += 100) {
    matcher.body(std::string_view(text).substr(at, 100));
    matcher.rawbody(std::string_view(text).substr(at, 100));
    matcher.full(std::string_view(text).substr(at, 100));
  }
  matcher.part_end();
  matcher.finish();
}

TEST(ShippedRules, NothingIsAllocatedPerMessage) {
  Matcher matcher(shipped());
  play_mail(matcher);
  const size_t before = allocations();
  play_mail(matcher);
  EXPECT_EQ(allocations() - before, 0u);
  EXPECT_GT(matcher.score(), 0);
}

}  // namespace
}  // namespace sekisho::rules
