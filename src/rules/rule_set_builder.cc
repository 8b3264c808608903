#include "rules/rule_set_builder.h"

#include <algorithm>
#include <array>

#include "rules/matcher.h"

namespace sekisho::rules {
namespace {

double default_score(const Rule& rule) {
  const double size = rule.name.starts_with("T_") ? 0.01 : 1.0;
  return rule.nice ? -size : size;
}

Pattern pattern_of(const Rule& rule, uint32_t index) {
  Pattern pattern;
  pattern.text = rule.regex;
  pattern.rule = index;
  pattern.hits_max = rule.multiple ? rule.hits_max : 1;
  pattern.nosubject = rule.nosubject;
  return pattern;
}

}  // namespace

std::shared_ptr<const RuleSet> RuleSetBuilder::build(const std::vector<RuleSource>& sources,
                                                     RuleParser::Reader read_file) {
  RuleParser parser(errors_, std::move(read_file));
  for (const RuleSource& source : sources) parser.read(source.file, source.text);
  Definitions& definitions = parser.definitions();
  add_list_rules(definitions);
  apply_settings(definitions);
  replace_tags(definitions);
  leave_out_disabled(definitions);
  without_hits_.merge(definitions.absent);
  leave_out_broken(definitions);
  for (auto& [name, rule] : definitions.rules) set_->rules_.push_back(std::move(rule));
  resolve_metas();
  order_metas();
  build_patterns(definitions.addresses);
  keep_samples(definitions);
  definitions.unsupported.report(errors_);
  return set_;
}

void RuleSetBuilder::report(const Rule& rule, RuleError::Kind kind, const std::string& what) {
  errors_.push_back({rule.file, rule.line, rule.name + ": " + what, kind});
}

// For lists with entries of which no file has the rule. A list has its score once.
void RuleSetBuilder::add_list_rules(Definitions& definitions) {
  const auto add = [&](std::string_view name, const Rule& rule, double score) {
    if (!definitions.rules.try_emplace(rule.name, rule).second) return;
    RuleParser::Setting& setting = definitions.settings[std::string(name)];
    if (!setting.score) setting.score = score;
  };
  for (const ListRule& each : kListRules) {
    if (definitions.addresses.addresses(std::string(each.list)).empty()) continue;
    Rule rule;
    rule.name = each.name;
    rule.kind = RuleKind::kAddressList;
    rule.list = each.list;
    rule.header = find_list_test(each.function, {})->target;
    add(each.name, rule, each.score);
    definitions.settings[rule.name].descriptions.try_emplace("", each.description);
    if (each.old_name.empty()) continue;
    Rule old;
    old.name = each.old_name;
    old.kind = RuleKind::kMeta;
    std::string why;
    old.meta.parse(each.name, why);
    add(each.old_name, old, each.score < 0 ? -0.01 : 0.01);
  }
}

void RuleSetBuilder::apply_settings(Definitions& definitions) {
  for (auto& [name, setting] : definitions.settings) {
    const auto found = definitions.rules.find(name);
    if (found == definitions.rules.end()) {
      if (definitions.absent.contains(name)) continue;
      note_settings_of_nothing(name, setting);
      continue;
    }
    Rule& rule = found->second;
    rule.multiple = setting.multiple;
    rule.hits_max = setting.hits_max;
    rule.nice = setting.nice;
    rule.nosubject = setting.nosubject;
    rule.descriptions = std::move(setting.descriptions);
    if (setting.score && rule.is_sub_rule())
      report(rule, RuleError::Kind::kWarning, "a name in __ has no score");
  }
  for (const auto& [file, of] : settings_of_nothing_)
    errors_.push_back({file, of.line,
                       of.name + ": there is no such rule" +
                           (of.more == 0 ? std::string()
                                         : "; nor are " + std::to_string(of.more) +
                                               " others there that this file sets: " + of.others),
                       RuleError::Kind::kWarning});
  for (auto& [name, rule] : definitions.rules) {
    const auto setting = definitions.settings.find(name);
    const bool has_score = setting != definitions.settings.end() && setting->second.score;
    rule.score = rule.is_sub_rule() ? 0 : has_score ? *setting->second.score : default_score(rule);
  }
}

void RuleSetBuilder::note_settings_of_nothing(const std::string& name,
                                              const RuleParser::Setting& setting) {
  constexpr size_t kNamedMax = 10;
  const auto [place, is_first] =
      settings_of_nothing_.try_emplace(setting.file, SettingsOfNothing{setting.line, name});
  if (is_first) return;
  SettingsOfNothing& of = place->second;
  if (++of.more > kNamedMax) return;
  of.others += of.more == kNamedMax ? " …" : (of.others.empty() ? "" : " ") + name;
}

void RuleSetBuilder::replace_tags(Definitions& definitions) {
  for (const std::string& name : definitions.tags.rules()) {
    const auto found = definitions.rules.find(name);
    if (found == definitions.rules.end()) continue;
    Rule& rule = found->second;
    std::string why;
    if (!definitions.tags.replace(rule.regex.pattern, why)) {
      report(rule, RuleError::Kind::kError, why + "; the rule is left out");
    } else if (rule.regex.pattern.size() > kPatternBytesMax) {
      definitions.unsupported.add("a pattern that its tags make longer than " +
                                      std::to_string(kPatternBytesMax) +
                                      " bytes; its rules count as not hit",
                                  rule.file, rule.line);
    } else {
      continue;
    }
    definitions.absent.insert(name);
    definitions.rules.erase(found);
  }
}

void RuleSetBuilder::leave_out_disabled(Definitions& definitions) {
  std::erase_if(definitions.rules, [this](const auto& item) {
    if (item.second.is_sub_rule() || item.second.score != 0) return false;
    without_hits_.insert(item.first);
    return true;
  });
}

void RuleSetBuilder::leave_out_broken(Definitions& definitions) {
  std::erase_if(definitions.rules, [this](const auto& item) { return !check(item.second); });
  for (auto& [name, rule] : definitions.rules) set_hits_when_absent(rule);
}

bool RuleSetBuilder::has_target(const Rule& rule, std::string& why) {
  const auto target = parse_header_target(rule.header, why);
  if (!target) return false;
  if (!rule.is_mime_header() || target->source == HeaderTarget::Source::kFields) return true;
  why = "a part has no " + rule.header;
  return false;
}

bool RuleSetBuilder::check(const Rule& rule) {
  std::string why;
  if ((rule.has_header() && !has_target(rule, why)) ||
      (rule.has_regex() &&
       !PatternSet::takes(rule.regex, rule.multiple ? rule.hits_max : 1, why))) {
    report(rule, RuleError::Kind::kError, why + "; the rule is left out");
    return false;
  }
  return true;
}

// An absent header matches nothing, so !~ hits; unless `[if-unset: TEXT]` says what to match
// instead.
void RuleSetBuilder::set_hits_when_absent(Rule& rule) {
  if (rule.kind != RuleKind::kHeader && rule.kind != RuleKind::kMimeHeader) return;
  rule.hits_when_absent = rule.negated;
  if (!rule.if_unset) return;
  std::string why;
  const Regex regex = Regex::compile(rule.regex, why);
  if (!regex)
    return report(rule, RuleError::Kind::kWarning, "if-unset needs PCRE2, which says: " + why);
  rule.hits_when_absent = (RegexRun().count(regex, *rule.if_unset, 1) > 0) != rule.negated;
}

void RuleSetBuilder::keep_samples(Definitions& definitions) {
  for (Sample& sample : definitions.samples) {
    if (set_->find(sample.rule) != nullptr) {
      set_->samples_.push_back(std::move(sample));
    } else if (!without_hits_.contains(sample.rule)) {
      errors_.push_back({sample.file, sample.line,
                         "a test for " + sample.rule + ", which isn't there",
                         RuleError::Kind::kWarning});
    }
  }
}

uint32_t RuleSetBuilder::index_of(const std::string& name) const {
  const Rule* const found = set_->find(name);
  return found == nullptr ? MetaProgram::kMissing
                          : static_cast<uint32_t>(found - set_->rules_.data());
}

void RuleSetBuilder::resolve_metas() {
  for (Rule& rule : set_->rules_) {
    if (rule.kind != RuleKind::kMeta) continue;
    rule.meta.resolve([&](const std::string& name) {
      const uint32_t index = index_of(name);
      if (index == MetaProgram::kMissing && !without_hits_.contains(name))
        report(rule, RuleError::Kind::kWarning, name + " isn't there and counts as 0");
      return index;
    });
  }
}

// Kahn's algorithm: a meta is ready when all metas it names are in the order. Those left over form
// cycles, or depend on one.
void RuleSetBuilder::order_metas() {
  const std::vector<Rule>& rules = set_->rules_;
  std::vector<uint32_t> waits_for(rules.size());
  std::vector<std::vector<uint32_t>> users(rules.size());
  std::vector<uint32_t>& order = set_->meta_order_;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    if (rules[i].kind != RuleKind::kMeta) continue;
    for (const uint32_t operand : rules[i].meta.operands()) {
      if (operand == MetaProgram::kMissing || rules[operand].kind != RuleKind::kMeta) continue;
      users[operand].push_back(i);
      ++waits_for[i];
    }
    if (waits_for[i] == 0) order.push_back(i);
  }
  for (size_t at = 0; at < order.size(); ++at)
    for (const uint32_t user : users[order[at]])
      if (--waits_for[user] == 0) order.push_back(user);
  for (uint32_t i = 0; i < rules.size(); ++i)
    if (waits_for[i] > 0)
      report(rules[i], RuleError::Kind::kError, "refers to itself, in the end; it never hits");
}

HeaderTarget& RuleSetBuilder::target_of(const Rule& rule,
                                        std::map<std::string, HeaderTarget>& targets) {
  std::string why;
  auto made = parse_header_target(rule.header, why);  // checked before
  const std::string name = made->name;
  return targets.try_emplace(name, std::move(*made)).first->second;
}

void RuleSetBuilder::build_patterns(const AddressLists& addresses) {
  std::array<std::vector<Pattern>, kTextKinds> texts;
  for (uint32_t i = 0; i < set_->rules_.size(); ++i) {
    const Rule& rule = set_->rules_[i];
    if (static_cast<size_t>(rule.kind) < kTextKinds)
      texts[static_cast<size_t>(rule.kind)].push_back(pattern_of(rule, i));
  }
  for (size_t i = 0; i < kTextKinds; ++i) set_->texts_[i] = build_set(std::move(texts[i]));
  set_->headers_ = build_headers(false, addresses);
  set_->part_headers_ = build_headers(true, addresses);
  warn_of_kept_text();
}

HeaderTargets RuleSetBuilder::build_headers(bool of_parts, const AddressLists& addresses) {
  std::map<std::string, HeaderTarget> targets;
  std::map<std::string, std::vector<Pattern>> patterns;
  for (uint32_t i = 0; i < set_->rules_.size(); ++i) {
    const Rule& rule = set_->rules_[i];
    if (!rule.has_header() || rule.is_mime_header() != of_parts) continue;
    HeaderTarget& target = target_of(rule, targets);
    if (rule.has_regex()) {
      target.rules.push_back(i);
      patterns[target.name].push_back(pattern_of(rule, i));
    } else if (rule.kind != RuleKind::kAddressList) {
      target.exists_rules.push_back(i);
    }
    for (const std::string& address : addresses.addresses(rule.list)) {
      patterns[target.name].push_back(pattern_of(rule, i));
      patterns[target.name].back().text = address_regex(address);
    }
  }
  std::vector<HeaderTarget> list;
  for (auto& [name, target] : targets) {
    target.patterns = build_set(std::move(patterns[name]));
    list.push_back(std::move(target));
  }
  return HeaderTargets(std::move(list));
}

PatternSet RuleSetBuilder::build_set(std::vector<Pattern> patterns) {
  std::vector<PatternSet::Refusal> refusals;
  PatternSet set = PatternSet::build(std::move(patterns), refusals);
  for (const PatternSet::Refusal& refusal : refusals)
    report(set_->rules_[refusal.rule], RuleError::Kind::kError, refusal.why);
  return set;
}

void RuleSetBuilder::warn_of_kept_text() {
  for (const Pattern& pattern : set_->text(RuleKind::kFull).patterns())
    if (pattern.regex)
      report(set_->rules_[pattern.rule], RuleError::Kind::kWarning,
             "PCRE2 has to match it, which sees the first " + std::to_string(kKeptBytes) +
                 " bytes of the message");
}

}  // namespace sekisho::rules
