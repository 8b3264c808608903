// rules/pattern_set.h: all patterns that look at one text, as one Hyperscan database.
//
// Built once, then constant; PatternScan runs it. What Hyperscan refuses (look-around,
// back-references, a pattern too large) is left to PCRE2 alone; a rule that counts its matches has
// both: Hyperscan says where there is a match, PCRE2 how many. Patterns match bytes (no UTF mode):
// a range of non-ASCII letters in brackets doesn't work, an alternation of words does.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rules/regex.h"
#include "rules/regex_text.h"

struct hs_database;

namespace sekisho::rules {

struct Pattern {
  RegexText text;
  uint32_t rule = 0;  // its index in the RuleSet
  uint32_t hits_max = 1;
  bool nosubject = false;

  bool in_database = false;  // set by build()
  Regex regex;               // set by build() where PCRE2 has to look
};

class PatternSet {
 public:
  struct Refusal {
    uint32_t rule;
    std::string why;
  };

  // Whether either engine takes the pattern; a counted one needs PCRE2. Otherwise `why` tells.
  static bool takes(const RegexText& text, uint32_t hits_max, std::string& why);
  // For patterns that takes() takes. Should a whole set fail to compile and PCRE2 not help, what
  // can't be matched is returned.
  static PatternSet build(std::vector<Pattern> patterns, std::vector<Refusal>& refusals);

  bool empty() const { return patterns_.empty(); }
  const std::vector<Pattern>& patterns() const { return patterns_; }
  const hs_database* database() const { return database_.get(); }  // null: no pattern is in one
  bool needs_text() const { return needs_text_; }                  // PCRE2 has to see the text
  const std::vector<uint32_t>& pcre_only() const { return pcre_only_; }
  size_t in_database() const { return in_database_; }

 private:
  void compile_database();
  bool compile_once(std::vector<uint32_t>& ids);
  void add_regexes(std::vector<Refusal>& refusals);

  std::vector<Pattern> patterns_;  // the position is the Hyperscan id
  std::vector<uint32_t> pcre_only_;
  std::shared_ptr<hs_database> database_;
  size_t in_database_ = 0;
  bool needs_text_ = false;
};

}  // namespace sekisho::rules
