// zip_builder.h: zip archives of one stored member, with what a test wants to be odd about them.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::antivirus {

struct ZipMember {
  std::string_view name = "member.bin";
  std::string_view content;
  uint16_t flags = 0;   // 1: encrypted
  uint16_t method = 0;  // 0: stored
};

inline uint32_t crc32(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

inline void put(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

inline std::string zip_of(const ZipMember& member) {
  const auto size = static_cast<uint32_t>(member.content.size());
  std::string entry;  // version needed … extra length, the same in both headers
  put(entry, 10, 2);
  put(entry, member.flags, 2);
  put(entry, member.method, 2);
  put(entry, 0x00210000, 4);
  put(entry, crc32(member.content), 4);
  put(entry, size, 4);
  put(entry, size, 4);
  put(entry, static_cast<uint32_t>(member.name.size()), 2);
  put(entry, 0, 2);

  std::string zip = "PK\3\4" + entry + std::string(member.name) + std::string(member.content);
  const auto central_at = static_cast<uint32_t>(zip.size());
  zip += std::string("PK\1\2") + std::string("\x0a\0", 2) + entry + std::string(14, '\0');
  zip += member.name;
  const auto central_bytes = static_cast<uint32_t>(zip.size()) - central_at;
  zip += "PK\5\6";
  put(zip, 0, 4);
  put(zip, 1, 2);
  put(zip, 1, 2);
  put(zip, central_bytes, 4);
  put(zip, central_at, 4);
  put(zip, 0, 2);
  return zip;
}

}  // namespace sekisho::antivirus
