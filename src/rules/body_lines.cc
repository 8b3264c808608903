#include "rules/body_lines.h"

namespace sekisho::rules {
namespace {

uint8_t unit(char c) { return static_cast<uint8_t>(c); }

bool begins_wide_space(char c) {
  return unit(c) == 0xC2 || unit(c) == 0xE1 || unit(c) == 0xE2 || unit(c) == 0xE3;
}

constexpr std::array<bool, 256> kIsPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0; c < 256; ++c)
    plain[static_cast<size_t>(c)] =
        c != ' ' && (c < '\t' || c > '\r') && c != 0xC2 && c != 0xE1 && c != 0xE2 && c != 0xE3;
  return plain;
}();

// A space between two words.
bool is_lone_space(std::string_view s) {
  return s.size() == 2 && s[0] == ' ' && kIsPlain[unit(s[1])];
}

enum class Wide { kNo, kMore, kSpace };

// Unicode's White_Space outside ASCII: U+0085, U+00A0, U+1680, U+2000–200A, U+2028, U+2029, U+202F,
// U+205F, U+3000.
Wide wide_space(std::string_view s) {
  const uint8_t a = unit(s[0]), b = unit(s[1]);
  if (s.size() == 2) {
    if (a == 0xC2) return b == 0x85 || b == 0xA0 ? Wide::kSpace : Wide::kNo;
    const bool more = a == 0xE1 ? b == 0x9A : a == 0xE2 ? b == 0x80 || b == 0x81 : b == 0x80;
    return more ? Wide::kMore : Wide::kNo;
  }
  const uint8_t c = unit(s[2]);
  if (a == 0xE2 && b == 0x80)
    return c <= 0x8A || c == 0xA8 || c == 0xA9 || c == 0xAF ? Wide::kSpace : Wide::kNo;
  if (a == 0xE2) return c == 0x9F ? Wide::kSpace : Wide::kNo;
  return c == 0x80 ? Wide::kSpace : Wide::kNo;
}

}  // namespace

void BodyLines::reset() {
  line_.clear();
  ready_ = in_space_ = blank_before_ = blank_behind_ = false;
  partial_size_ = 0;
  line_ends_ = 0;
}

// What begins a text and has no white space but single spaces between words: takes it at once.
size_t BodyLines::take_run(std::string_view utf8) {
  if (partial_size_ > 0) return 0;
  const size_t room =
      std::min(utf8.size(), kLineBytesMax + 1 - std::min(line_.size(), kLineBytesMax));
  size_t run = 0;
  while (run < room &&
         (kIsPlain[unit(utf8[run])] || (run > 0 && is_lone_space(utf8.substr(run, 2)))))
    ++run;
  if (run == 0) return 0;
  if (in_space_) end_space();
  line_.append(utf8.substr(0, run));
  if (line_.size() > kLineBytesMax) ready_ = true;
  return run;
}

void BodyLines::take(char c) {
  if (partial_size_ > 0) return take_partial(c);
  switch (c) {
    case '\n':
      return take_space(true, false);
    case '\r':
      return take_space(false, false);  // half of a line end
    case ' ':
    case '\t':
    case '\v':
    case '\f':
      return take_space(false, true);
    default:
      break;
  }
  if (!begins_wide_space(c)) return take_text(c);
  partial_[0] = c;
  partial_size_ = 1;
}

void BodyLines::take_partial(char c) {
  if ((unit(c) & 0xC0) != 0x80) {  // not UTF-8
    flush_partial();
    return take(c);
  }
  partial_[partial_size_++] = c;
  switch (wide_space({partial_.data(), partial_size_})) {
    case Wide::kMore:
      return;
    case Wide::kNo:
      return flush_partial();
    case Wide::kSpace:
      partial_size_ = 0;
      return take_space(false, true);
  }
}

void BodyLines::flush_partial() {
  const uint8_t size = partial_size_;
  partial_size_ = 0;
  for (uint8_t i = 0; i < size; ++i) take_text(partial_[i]);
}

void BodyLines::take_text(char c) {
  if (in_space_) end_space();
  line_.push_back(c);
  if (line_.size() > kLineBytesMax) ready_ = true;
}

void BodyLines::take_space(bool is_line_end, bool is_blank) {
  in_space_ = true;
  if (is_line_end) {
    ++line_ends_;
    blank_behind_ = false;
  } else if (is_blank) {
    (line_ends_ == 0 ? blank_before_ : blank_behind_) = true;
  }
}

// What the run comes to: one space, or a paragraph's end with the blanks outside its line ends.
void BodyLines::end_space() {
  if (line_ends_ < 2) {
    line_.push_back(' ');
  } else {
    if (blank_before_) line_.push_back(' ');
    line_.push_back('\n');
    if (blank_behind_) line_.push_back(' ');
    ready_ = true;
  }
  in_space_ = blank_before_ = blank_behind_ = false;
  line_ends_ = 0;
}

void BodyLines::end_part() {
  flush_partial();
  if (in_space_ && (line_ends_ == 0 || blank_before_) && !line_.empty()) line_.push_back(' ');
  if (!line_.empty()) line_.push_back('\n');
  in_space_ = false;
}

// The length of the first line, or 0 while it may still grow.
size_t BodyLines::next_cut() const {
  const size_t line_end = line_.find('\n');
  const size_t length = line_end == std::string::npos ? line_.size() : line_end + 1;
  if (length <= kLineBytesMax) return line_end == std::string::npos ? 0 : length;
  const size_t space = line_.rfind(' ', kLineBytesMax);
  if (space != std::string::npos) return space + 1;
  size_t cut = kLineBytesMax;
  for (int i = 0; i < 3 && (unit(line_[cut]) & 0xC0) == 0x80; ++i) --cut;  // not inside a character
  return cut;
}

}  // namespace sekisho::rules
