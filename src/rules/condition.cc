#include "rules/condition.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "rules/meta_program.h"

namespace sekisho::rules {
namespace {

constexpr std::string_view kPluginPrefix = "Mail::SpamAssassin::Plugin::";

// Of Mail::SpamAssassin::Plugin. Some of their eval tests are missing; each of those is reported.
constexpr std::array<std::string_view, 4> kPlugins = {"Check", "MIMEHeader", "ReplaceTags",
                                                      "WLBLEval"};

// Of Mail::SpamAssassin::Conf.
constexpr std::array<std::string_view, 3> kFeatures = {
    "feature_bug6558_free", "feature_welcomelist_blocklist", "perl_min_version_5010000"};

template <size_t n>
bool contains(const std::array<std::string_view, n>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool has_feature(std::string_view name) {
  const size_t end = name.rfind("::");
  if (end == name.npos) return false;
  const std::string_view package = name.substr(0, end);
  return package == "Mail::SpamAssassin::Conf" && contains(kFeatures, name.substr(end + 2));
}

bool is_word_char(char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == ':'; }

std::string_view word_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_word_char(text[end])) ++end;
  return text.substr(at, end - at);
}

}  // namespace

bool has_plugin(std::string_view name) {
  return name.starts_with(kPluginPrefix) && contains(kPlugins, name.substr(kPluginPrefix.size()));
}

bool Condition::answer(std::string_view question, std::string_view name) {
  const bool is_plugin = question == "plugin";
  if (is_plugin ? has_plugin(name) : has_feature(name)) return true;
  absent_.push_back((is_plugin ? "the plugin " : "the feature ") + std::string(name));
  return false;
}

// Questions and names are replaced by their answers; what is left is arithmetic, as in a meta.
bool Condition::parse(std::string_view text, std::string& why) {
  *this = {};
  std::string arithmetic;
  for (size_t at = 0; at < text.size();) {
    if (!is_alpha(text[at])) {
      arithmetic.push_back(text[at++]);
      continue;
    }
    const std::string_view word = word_at(text, at);
    at += word.size();
    if (word == "version" || word == "perl_version") {
      arithmetic += word == "version" ? std::to_string(kLanguageVersion) : "5.036";
      continue;
    }
    const size_t open = text.find_first_not_of(" \t", at);
    const size_t close = text.find(')', at);
    if ((word != "plugin" && word != "can" && word != "has") || close == text.npos ||
        text[open] != '(') {
      why = "'" + std::string(word) +
            "' isn't understood (known: version, perl_version, plugin(…), can(…), has(…))";
      return false;
    }
    arithmetic += answer(word, trim(text.substr(open + 1, close - open - 1))) ? '1' : '0';
    at = close + 1;
  }
  MetaProgram program;
  if (!program.parse(arithmetic, why)) return false;
  if (!program.names().empty()) {
    why = "'" + program.names().front() + "' isn't understood";
    return false;
  }
  std::vector<double> stack(program.stack_size());
  holds_ = program.evaluate({}, stack) != 0;
  return true;
}

bool Condition::parse_plugin(std::string_view name, std::string& why) {
  *this = {};
  name = trim(name);
  if (name.empty() || word_at(name, 0) != name) {
    why = "'ifplugin' needs the name of a plugin";
    return false;
  }
  holds_ = answer("plugin", name);
  return true;
}

void ConditionBlocks::enter(bool holds, unsigned line) {
  const bool outer = active();
  blocks_.push_back({line, outer, outer && holds});
}

bool ConditionBlocks::turn() {
  if (blocks_.empty() || blocks_.back().turned) return false;
  Block& block = blocks_.back();
  block.turned = true;
  block.active = block.outer && !block.active;
  return true;
}

bool ConditionBlocks::leave() {
  if (blocks_.empty()) return false;
  blocks_.pop_back();
  return true;
}

std::optional<unsigned> ConditionBlocks::open_since() const {
  if (blocks_.empty()) return std::nullopt;
  return blocks_.back().line;
}

}  // namespace sekisho::rules
