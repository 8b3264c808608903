#include "mail/loose_parameter.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "base/bytes.h"
#include "mail/header.h"

namespace sekisho::mail {
namespace {

// One occurrence of the name, with the values that its text may have; the likeliest first.
struct Piece {
  bool has_section = false, extended = false;
  unsigned section = 0;
  std::vector<std::string> values;
};

constexpr size_t kPiecesMax = 64;
constexpr size_t kPieceBytesMax = 2048;  // no boundary or file name of a client is as long

bool is_word(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; }

void skip_spaces(std::string_view& text) {
  while (!text.empty() && (is_space(text.front()) || text.front() == '\v')) text.remove_prefix(1);
}

void skip_comment(std::string_view& text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return text.remove_prefix(i + 1);
  }
}

std::string without(std::string_view text, char unwanted) {
  std::string out;
  for (const char c : text)
    if (c != unwanted) out += c;
  return out;
}

std::string without_comments(std::string_view text) {
  std::string out;
  for (;;) {
    const size_t begin = text.find('(');
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin);
    const size_t before = text.size();
    skip_comment(text);
    if (text.size() == before) return out += text;  // never closed
  }
}

void add(std::vector<std::string>& values, std::string_view value) {
  while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
  if (value.empty() || values.size() >= kParameterValuesMax) return;
  if (std::find(values.begin(), values.end(), value) == values.end()) values.emplace_back(value);
}

// With and without what some clients take out.
void add_forms(std::vector<std::string>& values, std::string_view value) {
  add(values, value);
  if (value.find('\\') != std::string_view::npos) {
    add(values, without(value, '\\'));
    add(values, value.substr(0, value.find('\\')));
  }
  if (value.find('"') != std::string_view::npos) {
    add(values, without(value, '"'));
    add(values, without(without(value, '"'), '\\'));
  }
  if (value.find('(') != std::string_view::npos) {
    add(values, without_comments(value));
    add(values, value.substr(0, value.find('(')));
  }
}

// A quoted string: to the first quote, to the first that is not escaped, to the last.
void add_quoted(std::vector<std::string>& values, std::string_view text) {
  text.remove_prefix(1);
  size_t end = 0;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  end = std::min(end, text.size());
  const std::string_view strict = text.substr(0, end);
  const std::string_view behind = end < text.size() ? text.substr(end + 1) : std::string_view();
  const size_t next = behind.find_first_not_of(" \t\r\n");
  const bool clean = end < text.size() && strict.find('\\') == std::string_view::npos &&
                     strict.find('\n') == std::string_view::npos &&
                     (next == std::string_view::npos || behind[next] == ';');
  add(values, without(without(without(strict, '\\'), '\n'), '\r'));
  if (clean) {
    if (strict.empty() || !is_space(strict.back())) return;
    add(values, trim(strict));
    return;
  }
  add_forms(values, text.substr(0, text.find('"')));
  add_forms(values, text.substr(0, text.find_first_of(";\r\n")));
  add_forms(values, text.substr(0, text.find_first_of("; \t\r\n")));
  add_forms(values, text.substr(0, text.rfind('"')));
}

void add_values(std::vector<std::string>& values, std::string_view text) {
  if (text.starts_with('"')) return add_quoted(values, text);
  const std::string_view token = text.substr(0, text.find_first_of("; \t\r\n"));
  const bool clean = token.find_first_of("\"\\(),") == std::string_view::npos;
  add_forms(values, token);
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  if (clean && trim(text.substr(0, text.find(';'))) == token) return;
  std::string_view behind = text;
  while (behind.starts_with('(')) {
    const size_t before = behind.size();
    skip_comment(behind);
    if (behind.size() == before) break;  // never closed
  }
  if (!behind.starts_with('(') && behind.size() < text.size()) add_values(values, behind);
  add_forms(values, trim(line.substr(0, line.find(';'))));
  std::string kept;  // a backslash keeps the ";" behind it
  for (size_t i = 0; i < line.size() && line[i] != ';'; ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) ++i;
    kept += line[i];
  }
  add(values, kept);
}

// "*", "*0", "*0*" behind a name.
void read_section(std::string_view& text, Piece& piece) {
  if (!text.starts_with('*')) return;
  text.remove_prefix(1);
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), piece.section);
  piece.has_section = parsed.ec == std::errc();
  text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
  if (!piece.has_section || text.starts_with('*')) piece.extended = true;
  if (text.starts_with('*')) text.remove_prefix(1);
}

bool read_piece(std::string_view text, Piece& piece) {
  text = text.substr(0, kPieceBytesMax);
  read_section(text, piece);
  skip_spaces(text);
  if (text.starts_with('(')) skip_comment(text);
  skip_spaces(text);
  if (!text.starts_with('=')) return false;
  text.remove_prefix(1);
  skip_spaces(text);
  add_values(piece.values, text);
  return !piece.values.empty();
}

std::vector<Piece> read_pieces(std::string_view text, std::string_view lower,
                               std::initializer_list<std::string_view> names) {
  std::vector<Piece> pieces;
  for (size_t at = 0; at < text.size() && pieces.size() < kPiecesMax; ++at) {
    if (at > 0 && (is_word(text[at - 1]) || text[at - 1] == '*')) continue;
    for (const std::string_view name : names) {
      if (lower[at] != name.front() || !lower.substr(at).starts_with(name)) continue;
      Piece piece;
      if (read_piece(text.substr(at + name.size()), piece)) pieces.push_back(std::move(piece));
    }
  }
  return pieces;
}

void add(std::vector<LooseValue>& out, LooseValue value) {
  if (value.bytes.empty() || out.size() >= kParameterValuesMax) return;
  if (std::find(out.begin(), out.end(), value) == out.end()) out.push_back(std::move(value));
}

// charset'language'bytes, as it is meant and as it stands.
void add_extended(std::vector<LooseValue>& out, std::string_view value, bool extended) {
  const size_t first = value.find('\'');
  const size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  const bool decode = value.find('%') != std::string_view::npos;
  if (second != std::string_view::npos) {
    const std::string charset(value.substr(0, first));
    add(out, {charset, percent_decoded(value.substr(second + 1))});
    if (decode) add(out, {charset, std::string(value.substr(second + 1))});
    if (extended) return;
  }
  if (decode) add(out, {"", percent_decoded(value)});
  add(out, {"", std::string(value)});
}

// The sections of one name, joined; of equal numbers the first or the last counts.
std::string joined(const std::vector<Piece>& sections, bool keep_last) {
  std::string out;
  for (size_t i = 0; i < sections.size(); ++i) {
    const auto same = [&](const Piece& other) { return other.section == sections[i].section; };
    const auto here = sections.begin() + static_cast<ptrdiff_t>(i);
    const bool again = std::any_of(sections.begin(), here, same);
    const bool later = std::any_of(here + 1, sections.end(), same);
    if (keep_last ? !later : !again) out += sections[i].values.front();
  }
  return out;
}

void add_joined(std::vector<LooseValue>& out, std::vector<Piece> sections) {
  const bool extended = std::any_of(sections.begin(), sections.end(),
                                    [](const Piece& piece) { return piece.extended; });
  auto sorted = sections;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Piece& a, const Piece& b) { return a.section < b.section; });
  for (const bool keep_last : {false, true}) {
    add_extended(out, joined(sorted, keep_last), extended);
    add_extended(out, joined(sections, keep_last), extended);
  }
  add_extended(out, sorted.front().values.front(), extended);
}

}  // namespace

void find_parameter(std::string_view raw_value, std::initializer_list<std::string_view> names,
                    std::vector<LooseValue>& out) {
  const std::string lower = to_lower(raw_value);
  std::vector<Piece> sections;
  for (Piece& piece : read_pieces(raw_value, lower, names)) {
    if (piece.has_section) {
      sections.push_back(std::move(piece));
      continue;
    }
    for (const std::string& value : piece.values) {
      if (piece.extended)
        add_extended(out, value, true);
      else
        add(out, {"", value});
    }
  }
  if (!sections.empty()) add_joined(out, std::move(sections));
}

}  // namespace sekisho::mail
