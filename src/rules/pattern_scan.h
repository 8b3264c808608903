// rules/pattern_scan.h: one text after another through a PatternSet.
//
//   ScanContext context(sets);       // one per worker, for all its sets
//   PatternScan scan(set, context);  // one per target
//   scan.feed(chunk); …  scan.finish(text, counts);
// A text is a body line, a piece of raw body, a header value or a whole message. feed() goes to the
// Hyperscan stream; finish() ends the text, which is when `$` is decided, and lets PCRE2 look at
// `text` where the set needs that.
//
// Memory: a stream of < 4 KB; the scratch of the context.  Process: inspector worker.

#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "rules/pattern_set.h"

struct hs_scratch;
struct hs_stream;

namespace sekisho::rules {

class ScanContext {
 public:
  explicit ScanContext(std::span<const PatternSet* const> sets);
  ScanContext(const ScanContext&) = delete;
  ScanContext& operator=(const ScanContext&) = delete;
  ~ScanContext();

  hs_scratch* scratch() const { return scratch_; }
  RegexRun& regexes() { return regexes_; }

 private:
  hs_scratch* scratch_ = nullptr;
  RegexRun regexes_;
};

class PatternScan {
 public:
  PatternScan(const PatternSet& set, ScanContext& context);
  PatternScan(PatternScan&& other) noexcept;
  PatternScan& operator=(PatternScan&&) = delete;
  ~PatternScan();

  const PatternSet& set() const { return set_; }
  void feed(std::string_view bytes);
  enum class Line { kSubject, kOther };
  // kOther is the text before in another form: what a pattern counted there doesn't count again.
  enum class View { kFirst, kOther };
  // Adds what was found to counts[rule], up to each pattern's hits_max. `text` is what was fed, or
  // as much of it as was kept; it is looked at when set().needs_text().
  void finish(std::string_view text, std::span<uint32_t> counts, Line line = Line::kOther,
              View view = View::kFirst);
  // Forgets a text half fed.
  void abandon();

 private:
  static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void* self);
  void count(uint32_t id, std::string_view text, std::span<uint32_t> counts, Line line);
  void forget_found();
  void forget_counted();

  const PatternSet& set_;
  ScanContext& context_;
  hs_stream* stream_ = nullptr;
  std::vector<uint32_t> found_;  // ids of this text, each once
  std::vector<uint8_t> is_found_;
  // What patterns that count have counted in this text, in the form that has most.
  std::vector<uint32_t> counted_;
  std::vector<uint32_t> counted_ids_;
};

}  // namespace sekisho::rules
