// mail/little_endian.h: numbers as Windows writes them.

#pragma once

#include <cstdint>

namespace sekisho::mail {

inline uint16_t little_endian_16(const unsigned char* bytes) {
  return static_cast<uint16_t>(bytes[0] | bytes[1] << 8);
}

inline uint32_t little_endian_32(const unsigned char* bytes) {
  return static_cast<uint32_t>(little_endian_16(bytes)) |
         static_cast<uint32_t>(little_endian_16(bytes + 2)) << 16;
}

}  // namespace sekisho::mail
