#include "codec/html_entities.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "codec/utf8.h"

namespace sekisho::codec {
namespace {

constexpr std::string_view kTable =
#include "codec/html_entity_names.inc"
    ;

constexpr uint32_t kNumberMax = 0x110000;  // anything over U+10FFFF

struct Entity {
  std::string_view code_points;  // in hex, joined by "+"
  bool needs_semicolon = true;
};

// The entry that holds position `at`: between the blanks around it.
std::string_view entry_around(size_t at, size_t& begin) {
  begin = at;
  while (!is_space(kTable[begin - 1])) --begin;
  size_t end = at;
  while (!is_space(kTable[end])) ++end;
  return kTable.substr(begin, end - begin);
}

std::string_view name_of(std::string_view entry) {
  size_t end = 0;
  while (is_alpha(entry[end]) || is_digit(entry[end])) ++end;
  return entry.substr(0, end);
}

// Bisects the text of the table; what nearly all references name is asked for first.
std::optional<Entity> find_entity(std::string_view name) {
  if (name == "nbsp") return Entity{"a0", false};
  if (name == "amp") return Entity{"26", false};
  size_t low = 1, high = kTable.size() - 1;  // blanks stand at both ends
  while (low < high) {
    size_t at = low + (high - low) / 2;
    while (at > low && is_space(kTable[at])) --at;
    size_t begin = 0;
    const std::string_view entry = entry_around(at, begin);
    const std::string_view entry_name = name_of(entry);
    if (entry_name == name) {
      const bool legacy = entry[entry_name.size()] == '!';
      return Entity{entry.substr(entry.find('=') + 1), !legacy};
    }
    if (entry_name < name)
      low = begin + entry.size() + 1;
    else
      high = begin;
  }
  return std::nullopt;
}

void append_code_points(std::string_view hex, std::string& out) {
  while (!hex.empty()) {
    uint32_t code_point = 0;
    const auto parsed = std::from_chars(hex.data(), hex.data() + hex.size(), code_point, 16);
    append_code_point(code_point, out);
    hex.remove_prefix(static_cast<size_t>(parsed.ptr - hex.data()));
    if (!hex.empty()) hex.remove_prefix(1);
  }
}

uint32_t meant(uint32_t number) {
  if (number >= 0x80 && number < 0xA0) return kWindows1252[number - 0x80];
  if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000)) return 0xFFFD;
  return number;
}

std::optional<uint32_t> digit_value(char c, uint32_t base) {
  if (is_digit(c)) return static_cast<uint32_t>(c - '0');
  const char lower = ascii_lower(c);
  if (base == 16 && lower >= 'a' && lower <= 'f') return static_cast<uint32_t>(lower - 'a' + 10);
  return std::nullopt;
}

}  // namespace

void EntityReader::reset(Place place) {
  place_ = place;
  form_ = Form::kBegin;
  semicolon_ = false;
  number_ = 0;
  length_ = 0;
}

bool EntityReader::feed(char c) {
  if (semicolon_) return false;
  const auto keep = [&](Form form) {
    form_ = form;
    name_[length_++] = c;
    return true;
  };
  if (form_ == Form::kBegin && c == '#') return keep(Form::kHash);
  if (form_ == Form::kHash && (c == 'x' || c == 'X')) return keep(Form::kHexMark);
  if (form_ == Form::kBegin || form_ == Form::kName) {
    if ((is_alpha(c) || is_digit(c)) && length_ < kNameBytesMax) return keep(Form::kName);
  } else {
    const bool hex = form_ == Form::kHexMark || form_ == Form::kHex;
    if (const auto digit = digit_value(c, hex ? 16 : 10)) {
      number_ = std::min(number_ * (hex ? 16 : 10) + *digit, kNumberMax);
      form_ = hex ? Form::kHex : Form::kDecimal;
      return true;
    }
  }
  const bool whole = form_ == Form::kName || form_ == Form::kDecimal || form_ == Form::kHex;
  semicolon_ = c == ';' && whole;
  return semicolon_;
}

void EntityReader::end(char next, std::string& out) {
  if (form_ == Form::kDecimal || form_ == Form::kHex)
    append_code_point(meant(number_), out);
  else
    end_name(next, out);
}

void EntityReader::end_name(char next, std::string& out) const {
  const std::string_view name(name_.data(), length_);
  if (semicolon_)
    if (const auto entity = find_entity(name)) return append_code_points(entity->code_points, out);
  for (size_t length = name.size(); length > 1; --length) {
    const auto entity = find_entity(name.substr(0, length));
    if (!entity || entity->needs_semicolon) continue;
    // In "?a=1&copy=2" the attribute has no "©" (WHATWG HTML §13.2.5.73).
    const char behind = length < name.size() ? name[length] : next;
    const bool goes_on = behind == '=' || is_alpha(behind) || is_digit(behind);
    if (place_ == Place::kAttribute && goes_on) break;
    append_code_points(entity->code_points, out);
    out += name.substr(length);
    if (semicolon_ && length < name.size()) out += ';';
    return;
  }
  out += '&';
  out += name;
  if (semicolon_) out += ';';
}

}  // namespace sekisho::codec
