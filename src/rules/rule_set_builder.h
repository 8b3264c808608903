// rules/rule_set_builder.h: from the parsed lines to a RuleSet; used by RuleSet::parse() alone.

#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rules/rule_parser.h"
#include "rules/rule_set.h"

namespace sekisho::rules {

class RuleSetBuilder {
 public:
  explicit RuleSetBuilder(std::vector<RuleError>& errors) : errors_(errors) {}
  std::shared_ptr<const RuleSet> build(const std::vector<RuleSource>& sources,
                                       RuleParser::Reader read_file);

 private:
  using Definitions = RuleParser::Definitions;

  void add_list_rules(Definitions& definitions);
  void apply_settings(Definitions& definitions);
  void note_settings_of_nothing(const std::string& name, const RuleParser::Setting& setting);
  void replace_tags(Definitions& definitions);
  void leave_out_disabled(Definitions& definitions);
  void leave_out_broken(Definitions& definitions);
  static bool has_target(const Rule& rule, std::string& why);
  bool check(const Rule& rule);
  void set_hits_when_absent(Rule& rule);
  void keep_samples(Definitions& definitions);
  uint32_t index_of(const std::string& name) const;
  void resolve_metas();
  void order_metas();
  void build_patterns(const AddressLists& addresses);
  HeaderTargets build_headers(bool of_parts, const AddressLists& addresses);
  PatternSet build_set(std::vector<Pattern> patterns);
  void warn_of_kept_text();
  HeaderTarget& target_of(const Rule& rule, std::map<std::string, HeaderTarget>& targets);
  void report(const Rule& rule, RuleError::Kind kind, const std::string& what);

  // In one file: the first, and the others.
  struct SettingsOfNothing {
    unsigned line;
    std::string name;
    size_t more = 0;
    std::string others = {};
  };

  std::vector<RuleError>& errors_;
  std::map<std::string, SettingsOfNothing> settings_of_nothing_;
  std::shared_ptr<RuleSet> set_ = std::make_shared<RuleSet>();
  std::set<std::string> without_hits_;  // scored 0, or needing what isn't here: meant to be so
};

}  // namespace sekisho::rules
