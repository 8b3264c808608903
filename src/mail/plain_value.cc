#include "mail/plain_value.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::mail {
namespace {

constexpr std::string_view kNotInTokens = " \"\\(),;%*'<>[]?@:";
constexpr std::string_view kNotInQuotes = "\"\\();%*'";

bool is_visible(char c) { return c > ' ' && c < 0x7f; }

bool is_word_char(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '+' || c == '_' || c == '/';
}

bool is_name_char(char c) { return is_alpha(c) || is_digit(c) || c == '-'; }

bool is_token_char(char c) {
  return is_visible(c) && kNotInTokens.find(c) == std::string_view::npos;
}

bool is_quoted_char(char c) {
  return (c == ' ' || is_visible(c)) && kNotInQuotes.find(c) == std::string_view::npos;
}

bool holds_ignore_case(std::string_view text, std::string_view word) {
  for (size_t at = 0; at + word.size() <= text.size(); ++at)
    if (starts_with_ignore_case(text.substr(at), word)) return true;
  return false;
}

// A name that forgiving clients look for wherever it stands.
bool holds_sought_name(std::string_view text) {
  return holds_ignore_case(text, "name") || holds_ignore_case(text, "boundary");
}

bool is_sought_name(std::string_view name) {
  return equals_ignore_case(name, "name") || equals_ignore_case(name, "filename") ||
         equals_ignore_case(name, "boundary");
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

template <typename Is>
std::string_view take_while(std::string_view& text, Is is) {
  const auto end = std::find_if_not(text.begin(), text.end(), is);
  const std::string_view taken = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

// "" where it is not plain.
std::string_view take_value(std::string_view& text) {
  if (!text.starts_with('"')) return take_while(text, is_token_char);
  text.remove_prefix(1);
  const std::string_view value = take_while(text, is_quoted_char);
  if (!text.starts_with('"') || value.starts_with(' ') || value.ends_with(' ')) return {};
  text.remove_prefix(1);
  return value;
}

bool take_parameter(std::string_view& text, PlainValue& out) {
  if (out.count == PlainValue::kParametersMax) return false;
  const std::string_view name = take_while(text, is_name_char);
  if (name.empty() || !text.starts_with('=') || !out.get(name).empty()) return false;
  if (!is_sought_name(name) && holds_sought_name(name)) return false;
  text.remove_prefix(1);
  const std::string_view value = take_value(text);
  if (value.empty() || value.size() > PlainValue::kValueBytesMax) return false;
  if (holds_sought_name(value) || value.find("=?") != std::string_view::npos) return false;
  out.parameters[out.count++] = {name, value};
  return true;
}

}  // namespace

std::string_view PlainValue::get(std::string_view name) const {
  for (size_t i = 0; i < count; ++i)
    if (equals_ignore_case(parameters[i].name, name)) return parameters[i].value;
  return {};
}

std::optional<PlainValue> parse_plain_value(std::string_view raw_value) {
  std::optional<PlainValue> out(std::in_place);
  skip_spaces(raw_value);
  out->word = take_while(raw_value, is_word_char);
  if (out->word.empty() || holds_sought_name(out->word)) return std::nullopt;
  for (;;) {
    skip_spaces(raw_value);
    if (raw_value.empty()) return out;
    if (raw_value.front() != ';') return std::nullopt;
    raw_value.remove_prefix(1);
    skip_spaces(raw_value);
    if (raw_value.empty()) return out;
    if (!take_parameter(raw_value, *out)) return std::nullopt;
  }
}

std::optional<PlainValue> parse_plain_type(std::string_view raw_value) {
  auto out = parse_plain_value(raw_value);
  if (!out) return out;
  const size_t slash = out->word.find('/');
  const bool one = slash != std::string_view::npos && slash == out->word.rfind('/');
  if (!one || slash == 0 || slash + 1 == out->word.size()) return std::nullopt;
  return out;
}

}  // namespace sekisho::mail
