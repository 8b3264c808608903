#include "codec/utf8.h"

#include "codec/byte_scan.h"

namespace sekisho::codec {
namespace {

unsigned byte_at(std::string_view in, size_t at) { return static_cast<unsigned char>(in[at]); }

// The run of three-byte sequences that begins `in`, but for the leads whose second byte is
// restricted: Japanese, Chinese and Korean text.
size_t three_byte_run(std::string_view in) {
  size_t at = 0;
  while (at + 3 <= in.size()) {
    const unsigned lead = byte_at(in, at) - 0xE1u;
    const unsigned second = byte_at(in, at + 1) ^ 0x80u, third = byte_at(in, at + 2) ^ 0x80u;
    if (lead > 0xEFu - 0xE1u || lead == 0xEDu - 0xE1u || (second | third) >= 0x40) break;
    at += 3;
  }
  return at;
}

}  // namespace

bool utf8_continues(std::string_view sequence, size_t at) {
  const unsigned lead = byte_at(sequence, 0), byte = byte_at(sequence, at);
  unsigned low = 0x80, high = 0xBF;
  if (at == 1) {
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  return byte >= low && byte <= high;
}

size_t valid_utf8_prefix(std::string_view in) {
  size_t at = 0;
  while (at < in.size()) {
    const std::string_view rest = in.substr(at);
    const size_t length = utf8_sequence_length(static_cast<unsigned char>(rest[0]));
    if (length == 1) {
      at += ascii_prefix(rest);
    } else if (const size_t run = length == 3 ? three_byte_run(rest) : 0; run > 0) {
      at += run;
    } else {
      if (length == 0 || rest.size() < length) return at;
      for (size_t i = 1; i < length; ++i)
        if (!utf8_continues(rest, i)) return at;
      at += length;
    }
  }
  return at;
}

char32_t first_code_point(std::string_view valid) {
  const unsigned lead = byte_at(valid, 0);
  const auto low = [&](size_t at) { return static_cast<char32_t>(byte_at(valid, at) & 0x3F); };
  if (lead < 0x80) return lead;
  if (lead < 0xE0) return (lead & 0x1Fu) << 6 | low(1);
  if (lead < 0xF0) return (lead & 0x0Fu) << 12 | low(1) << 6 | low(2);
  return (lead & 0x07u) << 18 | low(1) << 12 | low(2) << 6 | low(3);
}

void append_code_point(uint32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (c & 0x3F));
}

}  // namespace sekisho::codec
