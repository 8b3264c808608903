#include "smtp/reply.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::smtp {
namespace {

constexpr size_t kLinesMax = 100;  // a hop's reply of more lines is cut when passed on

void append_line(std::string& out, std::string_view code, char mark, std::string_view enhanced,
                 std::string_view text) {
  const size_t line_start = out.size();
  out += code;
  out += mark;
  if (!enhanced.empty()) {
    out += enhanced;
    out += ' ';
  }
  const size_t room =
      kReplyLineBytesMax - 2 - std::min(kReplyLineBytesMax - 2, out.size() - line_start);
  for (char c : text.substr(0, room)) out += c >= ' ' && c <= '~' ? c : '?';
  out += "\r\n";
}

// The three digits at the front; 0 when they are no reply code.
int leading_code(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5') return 0;
  if (!is_digit(line[1]) || !is_digit(line[2])) return 0;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string Reply::wire() const {
  const std::string code_text = std::to_string(code);
  std::string out;
  std::string_view rest = text;
  for (size_t lines = 1;; ++lines) {
    const std::string_view line = take_line(rest);
    const bool last = rest.empty() || lines == kLinesMax;
    append_line(out, code_text, last ? ' ' : '-', enhanced, line);
    if (last) return out;
  }
}

std::string Reply::summary() const {
  std::string_view rest = text;
  std::string out;
  append_line(out, std::to_string(code), ' ', enhanced, take_line(rest));
  out.resize(out.size() - 2);
  return out;
}

std::string take_enhanced_code(int code, std::string_view& text) {
  // RFC 2034 §4: class "." subject "." detail, the class being that of the reply
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  if (word.size() < 5 || word.size() > 9 || word[0] - '0' != code / 100 || word[1] != '.')
    return {};
  const size_t dot = word.find('.', 2);
  if (dot == std::string_view::npos || dot == 2 || dot > 5) return {};
  const std::string_view detail = word.substr(dot + 1);
  if (detail.empty() || detail.size() > 3) return {};
  const auto digits = [](std::string_view s) { return std::all_of(s.begin(), s.end(), is_digit); };
  if (!digits(word.substr(2, dot - 2)) || !digits(detail)) return {};
  text.remove_prefix(std::min(end + 1, text.size()));
  return std::string(word);
}

std::optional<Reply> parse_reply(std::string_view text) {
  Reply reply;
  reply.code = leading_code(text);
  if (reply.code == 0) return std::nullopt;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (leading_code(line) == reply.code) line.remove_prefix(std::min<size_t>(4, line.size()));
    const std::string enhanced = take_enhanced_code(reply.code, line);
    if (reply.enhanced.empty()) reply.enhanced = enhanced;
    if (!reply.text.empty()) reply.text += '\n';
    reply.text += line;
  }
  return reply;
}

}  // namespace sekisho::smtp
