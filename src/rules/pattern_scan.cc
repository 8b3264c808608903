#include "rules/pattern_scan.h"

#include <hs.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sekisho::rules {

ScanContext::ScanContext(std::span<const PatternSet* const> sets) {
  for (const PatternSet* set : sets)
    if (set->database() != nullptr)
      SEKISHO_CHECK(hs_alloc_scratch(set->database(), &scratch_) == HS_SUCCESS);
}

ScanContext::~ScanContext() { hs_free_scratch(scratch_); }

PatternScan::PatternScan(const PatternSet& set, ScanContext& context)
    : set_(set), context_(context) {
  if (set_.database() != nullptr)
    SEKISHO_CHECK(hs_open_stream(set_.database(), 0, &stream_) == HS_SUCCESS);
  found_.reserve(set_.patterns().size());
  is_found_.resize(set_.patterns().size());
  counted_.resize(set_.patterns().size());
  counted_ids_.reserve(set_.patterns().size());
}

PatternScan::PatternScan(PatternScan&& other) noexcept
    : set_(other.set_),
      context_(other.context_),
      stream_(std::exchange(other.stream_, nullptr)),
      found_(std::move(other.found_)),
      is_found_(std::move(other.is_found_)),
      counted_(std::move(other.counted_)),
      counted_ids_(std::move(other.counted_ids_)) {}

PatternScan::~PatternScan() {
  if (stream_ != nullptr) hs_close_stream(stream_, nullptr, nullptr, nullptr);
}

int PatternScan::on_match(unsigned id, unsigned long long, unsigned long long, unsigned,
                          void* self) {
  auto& scan = *static_cast<PatternScan*>(self);
  if (std::exchange(scan.is_found_[id], uint8_t{1}) == 0) scan.found_.push_back(id);
  return 0;
}

void PatternScan::feed(std::string_view bytes) {
  if (stream_ == nullptr) return;
  while (!bytes.empty()) {
    const std::string_view now = bytes.substr(0, 1u << 30);  // the length is an unsigned int
    SEKISHO_CHECK(hs_scan_stream(stream_, now.data(), static_cast<unsigned>(now.size()), 0,
                                 context_.scratch(), on_match, this) == HS_SUCCESS);
    bytes.remove_prefix(now.size());
  }
}

void PatternScan::finish(std::string_view text, std::span<uint32_t> counts, Line line, View view) {
  if (stream_ != nullptr)
    SEKISHO_CHECK(hs_reset_stream(stream_, 0, context_.scratch(), on_match, this) == HS_SUCCESS);
  if (view == View::kFirst) forget_counted();
  for (const uint32_t id : found_) count(id, text, counts, line);
  for (const uint32_t id : set_.pcre_only()) count(id, text, counts, line);
  forget_found();
}

void PatternScan::forget_found() {
  for (const uint32_t id : found_) is_found_[id] = 0;
  found_.clear();
}

void PatternScan::forget_counted() {
  for (const uint32_t id : counted_ids_) counted_[id] = 0;
  counted_ids_.clear();
}

void PatternScan::count(uint32_t id, std::string_view text, std::span<uint32_t> counts, Line line) {
  const Pattern& pattern = set_.patterns()[id];
  if (pattern.nosubject && line == Line::kSubject) return;
  uint32_t& so_far = counts[pattern.rule];
  if (so_far >= pattern.hits_max) return;
  uint32_t& before = counted_[id];
  const uint32_t most = pattern.hits_max - so_far;
  const uint32_t now = pattern.regex ? context_.regexes().count(
                                           pattern.regex, text,
                                           most > UINT32_MAX - before ? UINT32_MAX : most + before)
                                     : 1;
  if (now <= before) return;
  so_far += now - before;
  if (before == 0) counted_ids_.push_back(id);
  before = now;
}

void PatternScan::abandon() {
  forget_found();
  if (stream_ != nullptr)
    SEKISHO_CHECK(hs_reset_stream(stream_, 0, context_.scratch(), nullptr, nullptr) == HS_SUCCESS);
}

}  // namespace sekisho::rules
