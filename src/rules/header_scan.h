// rules/header_scan.h: header fields against the patterns of their targets.
//
//   HeaderScan scan(rules, rules.headers(), context);
//   scan.clear();  for each field:  scan.feed(name, raw, decoded);
//   scan.end_header(counts);  …  scan.turn_negated(counts);
// For `mimeheader` each part's header is one that ends; a `!~` hits where none of them matched.
//
// Memory: kKeptBytes for each target that PCRE2 has to see; no allocation after construction but
// for decoded display names.  Process: inspector worker.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/header_target.h"
#include "rules/rule_set.h"
#include "rules/text_scan.h"

namespace sekisho::rules {

class HeaderScan {
 public:
  HeaderScan(const RuleSet& rules, const HeaderTargets& targets, ScanContext& context);

  void clear();
  // Whether feed() of that name looks at `decoded`.
  bool reads(std::string_view name) const;
  void feed_envelope(std::string_view sender);
  // `raw` is what stands behind the colon, `decoded` is unfolded UTF-8.
  void feed(std::string_view name, std::string_view raw, std::string_view decoded);
  // Counts what matched in the header that was fed.
  void end_header(std::span<uint32_t> counts);
  // After the last header.
  void turn_negated(std::span<uint32_t> counts) const;

 private:
  void feed_field(size_t target, std::string_view raw, std::string_view decoded);
  void feed_all(size_t target, std::string_view name, std::string_view raw);
  void decode_names();
  void count_absent(const HeaderTarget& target, std::span<uint32_t> counts) const;

  const RuleSet& rules_;
  const HeaderTargets& targets_;
  std::vector<TextScan> texts_;
  std::string text_;  // one value being made
};

}  // namespace sekisho::rules
