// rules/text_scan.h: a text that comes in several calls: the fields of a header target, or the
// whole message.
//
// Memory: kKeptBytes, reserved at construction, where PCRE2 has to see the text.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "rules/pattern_scan.h"

namespace sekisho::rules {

// How much of a header text, or of the message, PCRE2 sees where a set needs it.
constexpr size_t kKeptBytes = 65536;

class TextScan {
 public:
  TextScan(const PatternSet& set, ScanContext& context) : scan_(set, context) {
    if (set.needs_text()) kept_.reserve(kKeptBytes);
  }
  const PatternSet& set() const { return scan_.set(); }
  bool present() const { return present_; }

  void feed(std::string_view text) {
    present_ = true;
    scan_.feed(text);
    if (set().needs_text()) kept_.append(text.substr(0, kKeptBytes - kept_.size()));
  }
  void finish(std::span<uint32_t> counts) {
    if (present_) scan_.finish(kept_, counts);
    kept_.clear();
    present_ = false;
  }
  // Forgets a text half fed.
  void clear() {
    if (present_) scan_.abandon();
    kept_.clear();
    present_ = false;
  }

 private:
  PatternScan scan_;
  std::string kept_;
  bool present_ = false;
};

}  // namespace sekisho::rules
