#include "rules/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

#include "base/check.h"

namespace sekisho::rules {
namespace {

uint32_t options(const RegexText& text) {
  uint32_t flags = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
  if (text.caseless) flags |= PCRE2_CASELESS;
  if (text.dotall) flags |= PCRE2_DOTALL;
  if (text.multiline) flags |= PCRE2_MULTILINE;
  if (text.extended) flags |= PCRE2_EXTENDED;
  return flags;
}

const PCRE2_UCHAR* units(std::string_view text) {
  return reinterpret_cast<const PCRE2_UCHAR*>(text.data());
}

}  // namespace

Regex Regex::compile(const RegexText& text, std::string& why, Jit jit) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  Regex regex;
  pcre2_code* const code = pcre2_compile(units(text.pattern), text.pattern.size(), options(text),
                                         &error, &offset, nullptr);
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 160> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    why = std::string(reinterpret_cast<const char*>(message.data())) + " at offset " +
          std::to_string(offset);
    return regex;
  }
  // Where the machine has no JIT the interpreter runs it.
  if (jit == Jit::kYes) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  regex.code_.reset(code, pcre2_code_free);
  return regex;
}

RegexRun::RegexRun()
    : match_data_(pcre2_match_data_create(1, nullptr)),
      context_(pcre2_match_context_create(nullptr)),
      jit_stack_(pcre2_jit_stack_create(32 << 10, 512 << 10, nullptr)) {
  SEKISHO_CHECK(match_data_ != nullptr && context_ != nullptr);
  pcre2_set_match_limit(context_, kMatchLimit);
  pcre2_set_depth_limit(context_, 5000);
  pcre2_set_heap_limit(context_, 4096);  // KiB, for the interpreter
  if (jit_stack_ != nullptr) pcre2_jit_stack_assign(context_, nullptr, jit_stack_);
}

RegexRun::~RegexRun() {
  pcre2_jit_stack_free(jit_stack_);
  pcre2_match_context_free(context_);
  pcre2_match_data_free(match_data_);
}

uint32_t RegexRun::count(const Regex& regex, std::string_view text, uint32_t most) {
  uint32_t found = 0;
  size_t at = 0;
  while (found < most && at <= text.size()) {
    const int outcome =
        pcre2_match(regex.code_.get(), units(text), text.size(), at, 0, match_data_, context_);
    if (outcome < 0) {
      if (outcome != PCRE2_ERROR_NOMATCH) ++limits_met_;
      break;
    }
    ++found;
    const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(match_data_);
    at = ends[1] > at ? ends[1] : at + 1;
    if (ends[0] == ends[1]) at = ends[1] + 1;  // an empty match: go on behind it
  }
  return found;
}

}  // namespace sekisho::rules
