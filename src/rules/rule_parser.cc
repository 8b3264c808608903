#include "rules/rule_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "rules/header_target.h"
#include "rules/line_words.h"

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

bool is_rule_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || is_digit(name[0])) return false;
  for (const char c : name)
    if (!is_alpha(c) && !is_digit(c) && c != '_') return false;
  return true;
}

template <size_t n>
constexpr bool contains(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_rule_word(std::string_view keyword) {
  constexpr std::array<std::string_view, 17> kWords = {
      "header", "body",       "rawbody",   "full",     "uri",        "visible",
      "hidden", "attachment", "defect",    "meta",     "mimeheader", "uri_detail",
      "askdns", "uridnsbl",   "uridnssub", "urirhsbl", "urirhssub"};
  return contains(kWords, keyword);
}

// All rules run, in no order that shows; and nobody here checks a corpus by what was hit before.
bool is_without_meaning(std::string_view keyword) {
  return keyword == "priority" || keyword == "reuse";
}

// For learning, for the network, for those who publish rules.
bool is_flag_without_meaning(std::string_view flag) {
  constexpr std::array<std::string_view, 14> kWords = {"net",
                                                       "learn",
                                                       "userconf",
                                                       "noautolearn",
                                                       "autolearn_force",
                                                       "autolearn_body",
                                                       "noawl",
                                                       "nolog",
                                                       "ips_only",
                                                       "domains_only",
                                                       "ns",
                                                       "a",
                                                       "notrim",
                                                       "publish"};
  return contains(kWords, flag) || flag == "nopublish";
}

// Thresholds and what is done with a message.
bool is_of_the_plan(std::string_view keyword) {
  constexpr std::array<std::string_view, 14> kWords = {"required_score",
                                                       "required_hits",
                                                       "rewrite_header",
                                                       "rewrite_subject",
                                                       "subject_tag",
                                                       "add_header",
                                                       "remove_header",
                                                       "clear_headers",
                                                       "report_safe",
                                                       "report",
                                                       "clear_report_template",
                                                       "unsafe_report",
                                                       "clear_unsafe_report_template",
                                                       "report_contact"};
  return contains(kWords, keyword);
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

// Blocks end with their file.
void RuleParser::read(const std::string& file, std::string_view text) {
  const std::string outer_file = std::exchange(file_, file);
  const unsigned outer_line = std::exchange(line_, 0);
  const ConditionBlocks outer_blocks = std::exchange(blocks_, {});
  file_ends_ = false;
  read_lines(text);
  if (const auto line = blocks_.open_since(); line && !file_ends_) {
    line_ = *line;
    fail("there is no 'endif' for this");
  }
  file_ = outer_file;
  line_ = outer_line;
  blocks_ = outer_blocks;
  file_ends_ = false;
}

void RuleParser::read_lines(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && !file_ends_) {
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
  if (keyword.empty() || read_block_word(keyword, rest)) return;
  if (!blocks_.active()) return leave_out(keyword, rest);
  dispatch(keyword, rest);
}

bool RuleParser::read_block_word(std::string_view keyword, std::string_view rest) {
  if (keyword == "else") {
    if (!blocks_.turn()) fail("an 'else' without its 'if'");
  } else if (keyword == "endif") {
    if (!blocks_.leave()) fail("an 'endif' without its 'if'");
  } else if (keyword == "if" || keyword == "ifplugin" || keyword.starts_with("if(")) {
    read_if(keyword, rest);
  } else {
    return false;
  }
  return true;
}

// A condition that isn't understood doesn't hold.
void RuleParser::read_if(std::string_view keyword, std::string_view rest) {
  if (!blocks_.active()) return blocks_.enter(false, line_);
  Condition condition;
  std::string why;
  const bool understood = keyword == "ifplugin"
                              ? condition.parse_plugin(rest, why)
                              : condition.parse(std::string(keyword.substr(2)).append(rest), why);
  if (!understood) fail("the condition " + quote(rest) + ": " + why);
  blocks_.enter(understood && condition.holds(), line_);
  if (condition.holds()) return;
  for (const std::string& what : condition.absent())
    note_unsupported(what + "; what needs it is left out");
}

// A path that isn't absolute starts at the folder of this file.
void RuleParser::read_include(std::string_view rest) {
  const std::string path = (std::filesystem::path(file_).parent_path() / rest).string();
  if (!read_file_) return fail("'include' has no files to read from here");
  if (includes_open_ >= kIncludesDeepMax)
    return fail("includes are nested more than " + std::to_string(kIncludesDeepMax) + " deep");
  const auto text = read_file_(path);
  if (!text) return fail("include: " + text.error().message);
  ++includes_open_;
  read(path, *text);
  --includes_open_;
}

// @@VERSION@@ is what a distribution's build replaces, or forgets to.
void RuleParser::read_require_version(std::string_view rest) {
  if (rest == "@@VERSION@@") return;
  const auto version = parse_score(rest);
  if (!version) return fail("not a version: " + quote(rest));
  if (*version <= kLanguageVersion) return;
  warn("the rest of this file needs version " + std::string(rest) + "; it is left out");
  file_ends_ = true;
}

// A line in a block that doesn't count: its rule isn't missing by mistake.
void RuleParser::leave_out(std::string_view keyword, std::string_view rest) {
  if (is_rule_word(keyword)) definitions_.absent.emplace(take_word(rest));
}

void RuleParser::dispatch(std::string_view keyword, std::string_view rest) {
  if (keyword == "header") return read_header(RuleKind::kHeader, rest);
  if (keyword == "mimeheader") return read_header(RuleKind::kMimeHeader, rest);
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
  if (keyword == "include") return read_include(rest);
  if (keyword == "require_version") return read_require_version(rest);
  read_unknown(keyword, rest);
}

void RuleParser::read_unknown(std::string_view keyword, std::string_view rest) {
  std::string why;
  if (definitions_.tags.read(keyword, rest, why) || definitions_.addresses.read(keyword, rest, why))
    return why.empty() ? void() : fail(why);
  // What a plugin is for is here without it or not at all: has_plugin().
  if (keyword == "loadplugin" || keyword == "tryplugin") {
    const std::string name(take_word(rest));
    if (!has_plugin(name)) note_unsupported("the plugin " + name + "; what needs it is left out");
    return;
  }
  if (is_without_meaning(keyword)) return;
  const std::string effect = is_of_the_plan(keyword) ? "; what a message gets is its plan's"
                                                     : "; such a line has no effect";
  if (is_rule_word(keyword)) return leave_out_rule(std::string(take_word(rest)), quote(keyword));
  note_unsupported(quote(keyword) + effect);
}

// It counts as not hit.
void RuleParser::leave_out_rule(const std::string& name, const std::string& why) {
  note_unsupported(why + "; its rules count as not hit");
  definitions_.rules.erase(name);
  definitions_.absent.insert(name);
}

// FUNCTION(ARGUMENTS)
void RuleParser::read_eval(std::string name, std::string_view call) {
  const size_t open = std::min(call.find('('), call.size());
  const std::string_view function = trim(call.substr(0, open));
  std::string_view arguments = trim(call.substr(open));
  if (arguments.size() < 2 || !arguments.ends_with(')'))
    return fail(name + ": expected eval:TEST(…)");
  arguments = trim(arguments.substr(1, arguments.size() - 2));
  if (arguments.size() >= 2 && (arguments[0] == '\'' || arguments[0] == '"'))
    arguments = arguments.substr(1, arguments.size() - 2);
  const auto test = find_list_test(function, arguments);
  if (!test) return leave_out_rule(name, "eval:" + std::string(function));
  Rule rule = rule_here(name, RuleKind::kAddressList);
  rule.list = test->list;
  rule.header = test->target;
  definitions_.rules[name] = std::move(rule);
}

void RuleParser::note_unsupported(const std::string& what) {
  definitions_.unsupported.add(what, file_, line_);
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
    return read_eval(std::move(name), rest.substr(rest.find(':') + 1));
  Rule rule = rule_here(name, kind);
  std::string why;
  std::string_view behind;
  if (!parse_regex_text(rest, rule.regex, behind, why)) return fail(name + ": " + why);
  if (!trim(behind).empty())
    return fail(name + ": " + quote(trim(behind)) + " behind the regular expression");
  definitions_.rules[name] = std::move(rule);
}

void RuleParser::read_header(RuleKind kind, std::string_view rest) {
  std::string name;
  if (!read_name(rest, name)) return;
  if (rest.starts_with("eval:") || rest.starts_with("rbleval:"))
    return read_eval(std::move(name), rest.substr(rest.find(':') + 1));
  Rule rule = rule_here(name, kind);
  if (rest.starts_with("exists:")) {
    rule.kind = kind == RuleKind::kHeader ? RuleKind::kHeaderExists : RuleKind::kMimeHeaderExists;
    rule.header = trim(rest.substr(7));
  } else if (!read_header_pattern(rest, rule)) {
    return;
  }
  if (is_relay_header(rule.header))
    return leave_out_rule(name,
                          "the pseudo header " + rule.header.substr(0, rule.header.find(':')));
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
    return note_unsupported("'lang' of anything but 'describe'; such a line has no effect");
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
  } else if (!is_flag_without_meaning(flag)) {
    note_unsupported("the flag " + quote(flag) + "; it has no effect");
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
