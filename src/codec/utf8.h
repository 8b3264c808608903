// codec/utf8.h: UTF-8, checked and written.
//
// Standards: RFC 3629 §3, §4 (no overlong forms, no surrogates, nothing over U+10FFFF).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::codec {

// Bytes of the sequence that `lead` begins; 0 when none does.
constexpr size_t utf8_sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

// May the byte at `at` (1 to 3) follow in the sequence that begins `sequence`?
bool utf8_continues(std::string_view sequence, size_t at);

// Length of the longest beginning that is whole valid sequences.
size_t valid_utf8_prefix(std::string_view in);

// The code point that begins valid UTF-8.
char32_t first_code_point(std::string_view valid);

void append_code_point(uint32_t code_point, std::string& out);

}  // namespace sekisho::codec
