// rules/regex.h: one PCRE2 expression, and what a worker needs to run it.
//
// For what Hyperscan can't do: look-around, back-references, and counting matches. Regex is
// compiled once (JIT where the machine has it) and shared; RegexRun belongs to one worker.
//
// Memory: RegexRun holds a 512 KB JIT stack at most, made at construction.
// Broken input: a match that meets kMatchLimit is no match, and limits_met() counts it: hostile
// text can't make an expression run for longer than about a millisecond.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "rules/regex_text.h"

extern "C" {
struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;
struct pcre2_real_jit_stack_8;
}

namespace sekisho::rules {

class Regex {
 public:
  Regex() = default;
  // An empty Regex, with the reason in `why`, when PCRE2 refuses the pattern. Translating to
  // machine code is most of the work; kNo serves to check a pattern.
  enum class Jit { kYes, kNo };
  static Regex compile(const RegexText& text, std::string& why, Jit jit = Jit::kYes);
  explicit operator bool() const { return code_ != nullptr; }

 private:
  friend class RegexRun;
  std::shared_ptr<pcre2_real_code_8> code_;
};

class RegexRun {
 public:
  static constexpr uint32_t kMatchLimit = 100000;

  RegexRun();
  RegexRun(const RegexRun&) = delete;
  RegexRun& operator=(const RegexRun&) = delete;
  ~RegexRun();

  // Matches that don't overlap, `most` at most.
  uint32_t count(const Regex& regex, std::string_view text, uint32_t most);
  size_t limits_met() const { return limits_met_; }
  void reset_limits_met() { limits_met_ = 0; }

 private:
  pcre2_real_match_data_8* match_data_;
  pcre2_real_match_context_8* context_;
  pcre2_real_jit_stack_8* jit_stack_;
  size_t limits_met_ = 0;
};

}  // namespace sekisho::rules
