// tests/tnef_builder.h: a winmail.dat, put together piece by piece.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::mail {

inline std::string number(uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
  return out;
}

inline std::string tnef(std::string_view attributes) {
  return number(0x223e9f78, 4) + number(1, 2) + std::string(attributes);
}

// Level 1: of the message, 2: of an attachment. `id` with its type above.
inline std::string attribute(unsigned level, uint32_t id, std::string_view data) {
  uint32_t sum = 0;
  for (const char c : data) sum += static_cast<unsigned char>(c);
  return number(level, 1) + number(id, 4) + number(data.size(), 4) + std::string(data) +
         number(sum, 2);
}

inline std::string variable(uint16_t id, uint16_t type, std::string_view value) {
  return number(type, 2) + number(id, 2) + number(1, 4) + number(value.size(), 4) +
         std::string(value) + std::string((4 - value.size() % 4) % 4, '\0');
}

inline std::string utf16(std::string_view ascii) {
  std::string out;
  for (const char c : ascii) out += {c, '\0'};
  return out + std::string(2, '\0');
}

// AppleSingle and AppleDouble; an entry's offset counts from the file's begin.
inline std::string big(uint64_t value, unsigned bytes) {
  const std::string little = number(value, bytes);
  return {little.rbegin(), little.rend()};
}

inline std::string apple_head(uint32_t magic, unsigned entries) {
  return big(magic, 4) + big(0x20000, 4) + std::string(16, '\0') + big(entries, 2);
}

inline std::string apple_entry(uint32_t id, uint32_t begin, uint32_t size) {
  return big(id, 4) + big(begin, 4) + big(size, 4);
}

}  // namespace sekisho::mail
