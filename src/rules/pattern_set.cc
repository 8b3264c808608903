#include "rules/pattern_set.h"

#include <hs.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sekisho::rules {
namespace {

unsigned flags_of(const RegexText& text) {
  // Without SINGLEMATCH a set calls back for every end offset of every match: 24 times slower.
  unsigned flags = HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;
  if (text.caseless) flags |= HS_FLAG_CASELESS;
  if (text.dotall) flags |= HS_FLAG_DOTALL;
  if (text.multiline) flags |= HS_FLAG_MULTILINE;
  return flags;
}

std::string expression(const RegexText& text) {
  return text.extended ? "(?x)" + text.pattern : text.pattern;
}

// Whether Hyperscan can express it; whether it can also build it, only compiling tells.
bool is_expressible(const RegexText& text) {
  if (text.pattern.find('\0') != std::string::npos) return false;
  hs_expr_info_t* found = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t outcome =
      hs_expression_info(expression(text).c_str(), flags_of(text), &found, &error);
  std::free(found);
  hs_free_compile_error(error);
  return outcome == HS_SUCCESS;
}

bool compiles_alone(const RegexText& text) {
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t outcome = hs_compile(expression(text).c_str(), flags_of(text), HS_MODE_STREAM,
                                        nullptr, &database, &error);
  hs_free_database(database);
  hs_free_compile_error(error);
  return outcome == HS_SUCCESS;
}

}  // namespace

bool PatternSet::takes(const RegexText& text, uint32_t hits_max, std::string& why) {
  if (Regex::compile(text, why, Regex::Jit::kNo)) return true;
  return hits_max <= 1 && is_expressible(text) && compiles_alone(text);
}

PatternSet PatternSet::build(std::vector<Pattern> patterns, std::vector<Refusal>& refusals) {
  PatternSet set;
  set.patterns_ = std::move(patterns);
  for (Pattern& pattern : set.patterns_) pattern.in_database = is_expressible(pattern.text);
  set.compile_database();
  set.add_regexes(refusals);
  return set;
}

void PatternSet::add_regexes(std::vector<Refusal>& refusals) {
  for (uint32_t id = 0; id < patterns_.size(); ++id) {
    Pattern& pattern = patterns_[id];
    if (pattern.in_database) ++in_database_;
    if (pattern.in_database && pattern.hits_max <= 1) continue;
    std::string why;
    pattern.regex = Regex::compile(pattern.text, why);
    if (!pattern.regex) {
      refusals.push_back({pattern.rule, std::move(why)});
      continue;
    }
    needs_text_ = true;
    if (!pattern.in_database) pcre_only_.push_back(id);
  }
}

// One bad pattern fails a whole hs_compile_multi: those that only the compiler refuses ("Pattern is
// too large") are taken out and it is tried again.
void PatternSet::compile_database() {
  std::vector<uint32_t> ids;
  for (uint32_t id = 0; id < patterns_.size(); ++id)
    if (patterns_[id].in_database) ids.push_back(id);
  while (!ids.empty() && !compile_once(ids)) {
  }
}

// False when patterns were taken out of `ids`.
bool PatternSet::compile_once(std::vector<uint32_t>& ids) {
  std::vector<std::string> texts;
  std::vector<const char*> pointers;
  std::vector<unsigned> flags;
  for (const uint32_t id : ids) {
    texts.push_back(expression(patterns_[id].text));
    flags.push_back(flags_of(patterns_[id].text));
  }
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(pointers.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                       HS_MODE_STREAM, nullptr, &database, &error) == HS_SUCCESS) {
    database_.reset(database, hs_free_database);
    return true;
  }
  const int at = error->expression;
  hs_free_compile_error(error);
  const auto leave_to_pcre = [&](uint32_t id) { patterns_[id].in_database = false; };
  if (at >= 0) {
    leave_to_pcre(ids[static_cast<size_t>(at)]);
    ids.erase(ids.begin() + at);
    return false;
  }
  const auto bad = std::stable_partition(
      ids.begin(), ids.end(), [&](uint32_t id) { return compiles_alone(patterns_[id].text); });
  // All are good alone, so it is the set that doesn't compile (memory): PCRE2 has to do.
  const auto first = bad == ids.end() ? ids.begin() : bad;
  std::for_each(first, ids.end(), leave_to_pcre);
  ids.erase(first, ids.end());
  return false;
}

}  // namespace sekisho::rules
