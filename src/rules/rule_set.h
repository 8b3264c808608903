// rules/rule_set.h: rule files, compiled once, shared by every worker.
//
//   std::vector<RuleError> errors;
//   auto rules = RuleSet::load({"/usr/share/sekisho/rules"}, errors);  // *.cf, sorted by name
//   Matcher matcher(*rules);                                           // one per worker
// A broken rule is reported and left out; the others load. The result is never null; size() tells
// whether anything was loaded. The language is described in README.md of this folder.
//
// Memory: patterns as Hyperscan databases (about 10 KB each) and PCRE2 JIT code; nothing changes
// after load(), so that forked workers share the pages.  Process: inspector parent, before the
// fork.

#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/header_target.h"
#include "rules/pattern_set.h"
#include "rules/rule.h"
#include "rules/rule_error.h"

namespace sekisho::rules {

struct RuleSource {
  std::string file;  // as named in errors
  std::string text;
};

class RuleSet {
 public:
  // A later definition of a name replaces an earlier one, across files in the order given.
  static std::shared_ptr<const RuleSet> load(
      const std::vector<std::filesystem::path>& files_or_folders, std::vector<RuleError>& errors);
  // Without files to `include`.
  static std::shared_ptr<const RuleSet> parse(const std::vector<RuleSource>& sources,
                                              std::vector<RuleError>& errors);

  size_t size() const { return rules_.size(); }  // rules that run, sub-rules among them
  size_t patterns() const;
  // Of all texts and header targets.
  std::vector<const PatternSet*> pattern_sets() const;
  std::string summary() const;  // "61 rules, 48 patterns (46 Hyperscan, 2 PCRE2)"

  // Sorted by name; a position here is the rule's index everywhere else.
  const std::vector<Rule>& rules() const { return rules_; }
  const Rule* find(std::string_view name) const;
  // Each index once, operands before the metas that use them.
  const std::vector<uint32_t>& metas_in_order() const { return meta_order_; }
  const std::vector<Sample>& samples() const { return samples_; }

  // Of a kind that looks at a text.
  const PatternSet& text(RuleKind kind) const { return texts_[static_cast<size_t>(kind)]; }
  const HeaderTargets& headers() const { return headers_; }
  const HeaderTargets& part_headers() const { return part_headers_; }

 private:
  friend class RuleSetBuilder;

  std::vector<Rule> rules_;
  std::vector<uint32_t> meta_order_;
  std::vector<Sample> samples_;
  std::array<PatternSet, kTextKinds> texts_;
  HeaderTargets headers_, part_headers_;
};

}  // namespace sekisho::rules
