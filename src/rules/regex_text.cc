#include "rules/regex_text.h"

#include "base/bytes.h"

namespace sekisho::rules {
namespace {

char closing(char open) {
  switch (open) {
    case '{':
      return '}';
    case '(':
      return ')';
    case '[':
      return ']';
    case '<':
      return '>';
    default:
      return open;
  }
}

// Where the expression that begins at 0 ends, or npos. A backslash hides a delimiter; brackets
// nest.
size_t find_end(std::string_view text, char open) {
  const char close = closing(open);
  size_t depth = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == close) {
      if (--depth == 0) return i;
    } else if (text[i] == open) {
      ++depth;
    }
  }
  return std::string_view::npos;
}

bool set_modifier(char c, RegexText& regex) {
  switch (c) {
    case 'i':
      regex.caseless = true;
      return true;
    case 's':
      regex.dotall = true;
      return true;
    case 'm':
      regex.multiline = true;
      return true;
    case 'x':
      regex.extended = true;
      return true;
    default:
      return false;
  }
}

bool is_delimiter(char c) { return !is_alpha(c) && !is_digit(c) && c != '_' && !is_space(c); }

}  // namespace

bool parse_regex_text(std::string_view text, RegexText& regex, std::string_view& rest,
                      std::string& why) {
  if (text.size() > 1 && text[0] == 'm' && is_delimiter(text[1])) {
    text.remove_prefix(1);
  } else if (text.empty() || text[0] != '/') {
    why = "expected a regular expression: /re/, m{re} or m!re!";
    return false;
  }
  const char open = text[0];
  text.remove_prefix(1);
  const size_t end = find_end(text, open);
  if (end == std::string_view::npos) {
    why = std::string("the regular expression has no closing ") + closing(open);
    return false;
  }
  if (end > kPatternBytesMax) {
    why = "the regular expression is longer than 16000 bytes";
    return false;
  }
  regex = {};
  regex.pattern = text.substr(0, end);
  size_t at = end + 1;
  for (; at < text.size() && is_alpha(text[at]); ++at) {
    if (set_modifier(text[at], regex)) continue;
    why = std::string("unknown modifier '") + text[at] + "' (known: i m s x)";
    return false;
  }
  rest = text.substr(at);
  return true;
}

}  // namespace sekisho::rules
