// Rules from a string, and what they hit.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "rules/matcher.h"

namespace sekisho::rules {

struct Loaded {
  std::shared_ptr<const RuleSet> rules;
  std::vector<RuleError> errors;
};

inline Loaded load_text(const std::string& text) {
  Loaded loaded;
  loaded.rules = RuleSet::parse({{"test.cf", text}}, loaded.errors);
  return loaded;
}

// Rules that must be without fault.
inline std::shared_ptr<const RuleSet> rules_of(const std::string& text) {
  const Loaded loaded = load_text(text);
  for (const RuleError& error : loaded.errors) ADD_FAILURE() << error.text();
  return loaded.rules;
}

// "A B=3": what hit, with the value where it isn't 1.
inline std::string hit_names(const RuleSet& rules, const Matcher& matcher) {
  std::string names;
  for (const Rule& rule : rules.rules()) {
    const double value = matcher.value(rule.name);
    if (value == 0) continue;
    names += (names.empty() ? "" : " ") + rule.name;
    if (value != 1) names += "=" + std::to_string(static_cast<int>(value));
  }
  return names;
}

inline std::string all_errors(const std::vector<RuleError>& errors) {
  std::string text;
  for (const RuleError& error : errors)
    text += std::string(error.kind == RuleError::Kind::kError     ? "error "
                        : error.kind == RuleError::Kind::kWarning ? "warning "
                                                                  : "unsupported ") +
            error.text() + "\n";
  return text;
}

}  // namespace sekisho::rules
