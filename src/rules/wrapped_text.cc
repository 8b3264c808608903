#include "rules/wrapped_text.h"

namespace sekisho::rules {
namespace {

constexpr size_t kCharacterBytes = 3;

// U+3000–9FFF: kana, Chinese characters and their punctuation. A blank of U+3000 is a space by now.
bool is_wide(std::string_view utf8, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(utf8[at + i]); };
  return byte(0) >= 0xE3 && byte(0) <= 0xE9 && (byte(1) & 0xC0) == 0x80 && (byte(2) & 0xC0) == 0x80;
}

bool is_wrap(std::string_view utf8, size_t space) {
  return space >= kCharacterBytes && space + kCharacterBytes < utf8.size() &&
         is_wide(utf8, space - kCharacterBytes) && is_wide(utf8, space + 1);
}

size_t find_wrap(std::string_view utf8, size_t from) {
  size_t at = utf8.find(' ', from);
  while (at != std::string_view::npos && !is_wrap(utf8, at)) at = utf8.find(' ', at + 1);
  return at;
}

}  // namespace

bool has_wrap(std::string_view utf8) { return find_wrap(utf8, 0) != std::string_view::npos; }

void join_wraps(std::string& utf8) {
  size_t kept = 0;
  size_t wrap = find_wrap(utf8, 0);
  for (size_t at = 0; at < utf8.size(); ++at) {
    if (at == wrap)
      wrap = find_wrap(utf8, at + 1);  // looks back at bytes from the wrap on
    else
      utf8[kept++] = utf8[at];
  }
  utf8.resize(kept);
}

}  // namespace sekisho::rules
