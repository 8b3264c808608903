#include "rules/rule_parser.h"

#include <charconv>
#include <cmath>

#include "base/bytes.h"

namespace sekisho::rules {
namespace {

constexpr size_t kNameBytesMax = 200;
constexpr size_t kLineBytesMax = 65536;

// The comment goes, and `\#` becomes `#`.
std::string without_comment(std::string_view line) {
  std::string text;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#') break;
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '#') ++i;
    text.push_back(line[i]);
  }
  return text;
}

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  size_t end = 0;
  while (end < text.size() && !is_space(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

bool is_rule_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || is_digit(name[0])) return false;
  for (const char c : name)
    if (!is_alpha(c) && !is_digit(c) && c != '_') return false;
  return true;
}

std::optional<double> parse_score(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [last, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || last != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::string quote(std::string_view text) {
  return "'" + std::string(text.substr(0, 80)) + (text.size() > 80 ? "…'" : "'");
}

}  // namespace

void RuleParser::read(const std::string& file, std::string_view text) {
  file_ = file;
  line_ = 0;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    ++line_;
    read_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void RuleParser::read_line(std::string_view line) {
  if (line.size() > kLineBytesMax) return fail("the line is longer than 65536 bytes");
  const std::string text = without_comment(line);
  std::string_view rest = text;
  const std::string_view keyword = take_word(rest);
  if (!keyword.empty()) dispatch(keyword, rest);
}

void RuleParser::dispatch(std::string_view keyword, std::string_view rest) {
  if (keyword == "header") return read_header(rest);
  if (keyword == "body") return read_pattern(RuleKind::kBody, rest);
  if (keyword == "visible") return read_pattern(RuleKind::kVisible, rest);
  if (keyword == "hidden") return read_pattern(RuleKind::kHidden, rest);
  if (keyword == "uri") return read_pattern(RuleKind::kUri, rest);
  if (keyword == "attachment") return read_pattern(RuleKind::kAttachment, rest);
  if (keyword == "defect") return read_pattern(RuleKind::kDefect, rest);
  if (keyword == "rawbody") return read_pattern(RuleKind::kRawbody, rest);
  if (keyword == "full") return read_pattern(RuleKind::kFull, rest);
  if (keyword == "meta") return read_meta(rest);
  if (keyword == "score") return read_score(rest);
  if (keyword == "describe") return read_describe(rest, {});
  if (keyword == "lang") return read_lang(rest);
  if (keyword == "tflags") return read_tflags(rest);
  if (keyword == "test") return read_test(rest);
  warn(quote(keyword) + " isn't supported; the line has no effect");
}

void RuleParser::fail(std::string what) {
  errors_.push_back({file_, line_, std::move(what), RuleError::Kind::kError});
}

void RuleParser::warn(std::string what) {
  errors_.push_back({file_, line_, std::move(what), RuleError::Kind::kWarning});
}

bool RuleParser::read_name(std::string_view& rest, std::string& name) {
  const std::string_view word = take_word(rest);
  if (!is_rule_name(word)) {
    fail("not a rule name: " + quote(word));
    return false;
  }
  name = word;
  return true;
}

Rule RuleParser::rule_here(std::string name, RuleKind kind) const {
  Rule rule;
  rule.name = std::move(name);
  rule.kind = kind;
  rule.file = file_;
  rule.line = line_;
  return rule;
}

RuleParser::Setting& RuleParser::setting_of(const std::string& name) {
  Setting& setting = definitions_.settings[name];
  setting.file = file_;
  setting.line = line_;
  return setting;
}

void RuleParser::read_pattern(RuleKind kind, std::string_view rest) {
  std::string name;
  if (!read_name(rest, name)) return;
  if (rest.starts_with("eval:") || rest.starts_with("rbleval:"))
    return warn(name + ": eval tests aren't supported; the rule is left out");
  Rule rule = rule_here(name, kind);
  std::string why;
  std::string_view behind;
  if (!parse_regex_text(rest, rule.regex, behind, why)) return fail(name + ": " + why);
  if (!trim(behind).empty())
    return fail(name + ": " + quote(trim(behind)) + " behind the regular expression");
  definitions_.rules[name] = std::move(rule);
}

void RuleParser::read_header(std::string_view rest) {
  std::string name;
  if (!read_name(rest, name)) return;
  if (rest.starts_with("eval:") || rest.starts_with("rbleval:"))
    return warn(name + ": eval tests aren't supported; the rule is left out");
  Rule rule = rule_here(name, RuleKind::kHeader);
  if (rest.starts_with("exists:")) {
    rule.kind = RuleKind::kHeaderExists;
    rule.header = trim(rest.substr(7));
  } else if (!read_header_pattern(rest, rule)) {
    return;
  }
  definitions_.rules[name] = std::move(rule);
}

// NAME =~ /re/ [if-unset: TEXT]
bool RuleParser::read_header_pattern(std::string_view rest, Rule& rule) {
  const size_t tilde = rest.find('~');
  if (tilde == std::string_view::npos || tilde == 0 ||
      (rest[tilde - 1] != '=' && rest[tilde - 1] != '!')) {
    fail(rule.name + ": expected NAME =~ /re/, NAME !~ /re/ or exists:NAME");
    return false;
  }
  rule.negated = rest[tilde - 1] == '!';
  rule.header = trim(rest.substr(0, tilde - 1));
  std::string why;
  std::string_view behind;
  if (!parse_regex_text(trim(rest.substr(tilde + 1)), rule.regex, behind, why)) {
    fail(rule.name + ": " + why);
    return false;
  }
  behind = trim(behind);
  if (behind.starts_with("[if-unset:") && behind.ends_with(']')) {
    rule.if_unset = trim(behind.substr(10, behind.size() - 11));
  } else if (!behind.empty()) {
    fail(rule.name + ": " + quote(behind) + " behind the regular expression");
    return false;
  }
  return true;
}

void RuleParser::read_meta(std::string_view rest) {
  std::string name;
  if (!read_name(rest, name)) return;
  Rule rule = rule_here(name, RuleKind::kMeta);
  std::string why;
  if (!rule.meta.parse(rest, why)) return fail(name + ": " + why);
  definitions_.rules[name] = std::move(rule);
}

void RuleParser::read_score(std::string_view rest) {
  std::string name;
  if (!read_name(rest, name)) return;
  if (rest.starts_with('(')) return warn(name + ": relative scores aren't supported");
  std::vector<double> columns;
  while (!rest.empty()) {
    const std::string_view word = take_word(rest);
    const auto value = parse_score(word);
    if (!value) return fail(name + ": not a score: " + quote(word));
    columns.push_back(*value);
  }
  if (columns.size() != 1 && columns.size() != 4)
    return fail(name + ": a score has one column, or four");
  // Four: local, with network, with Bayes, with both. There is neither here.
  setting_of(name).score = columns[0];
}

void RuleParser::read_describe(std::string_view rest, const std::string& language) {
  std::string name;
  if (!read_name(rest, name)) return;
  if (rest.empty()) return fail(name + ": the description is missing");
  setting_of(name).descriptions[language] = rest;
}

void RuleParser::read_lang(std::string_view rest) {
  const std::string language = to_lower(take_word(rest));
  const std::string_view keyword = take_word(rest);
  if (keyword != "describe")
    return warn("'lang' is supported for 'describe' alone; the line has no effect");
  read_describe(rest, language == "en" ? std::string() : language);
}

void RuleParser::read_tflags(std::string_view rest) {
  std::string name;
  if (!read_name(rest, name)) return;
  Setting& setting = setting_of(name);
  setting.multiple = setting.nice = setting.nosubject = false;
  setting.hits_max = UINT32_MAX;
  while (!rest.empty()) read_flag(take_word(rest), setting);
}

void RuleParser::read_flag(std::string_view flag, Setting& setting) {
  if (flag == "multiple") {
    setting.multiple = true;
  } else if (flag == "nice") {
    setting.nice = true;
  } else if (flag == "nosubject") {
    setting.nosubject = true;
  } else if (flag.starts_with("maxhits=")) {
    const std::string_view digits = flag.substr(8);
    uint32_t value = 0;
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || last != digits.data() + digits.size() || value == 0)
      return fail("maxhits needs a number greater than 0");
    setting.hits_max = value;
  } else {
    warn("the flag " + quote(flag) + " isn't supported and has no effect");
  }
}

void RuleParser::read_test(std::string_view rest) {
  std::string name;
  if (!read_name(rest, name)) return;
  const std::string_view expected = take_word(rest);
  if (expected != "ok" && expected != "fail")
    return fail(name + ": a test says 'ok' or 'fail' behind the rule's name");
  definitions_.samples.push_back({name, expected == "ok", std::string(rest), file_, line_});
}

}  // namespace sekisho::rules
