#include "antivirus/eicar.h"

#include <cstdint>
#include <string_view>

namespace sekisho::antivirus {
namespace {

constexpr std::string_view kMember = "eicar.com";
constexpr uint32_t kCrc = 0x6851CF3C;

void put16(std::string& out, uint32_t value) {
  out += static_cast<char>(value & 0xff);
  out += static_cast<char>(value >> 8 & 0xff);
}

void put32(std::string& out, uint32_t value) {
  put16(out, value & 0xffff);
  put16(out, value >> 16);
}

// What the local header and the central one share: version needed to extra length.
void put_entry(std::string& out, uint32_t bytes) {
  put16(out, 10);          // version needed
  put16(out, 0);           // flags
  put16(out, 0);           // method: stored
  put32(out, 0x00210000);  // 1 January 1980
  put32(out, kCrc);
  put32(out, bytes);
  put32(out, bytes);
  put16(out, kMember.size());
  put16(out, 0);  // no extra field
}

}  // namespace

std::string eicar() {
  std::string text = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$";
  text += "EICAR-STANDARD-";
  text += "ANTIVIRUS-TEST-FILE!$H+H*";
  return text;
}

std::string eicar_in_zip() {
  const std::string content = eicar();
  const auto bytes = static_cast<uint32_t>(content.size());
  std::string zip = "PK\3\4";
  put_entry(zip, bytes);
  zip += kMember;
  zip += content;

  const auto central_at = static_cast<uint32_t>(zip.size());
  zip += "PK\1\2";
  put16(zip, 10);  // made by
  put_entry(zip, bytes);
  put16(zip, 0);  // comment length
  put16(zip, 0);  // disk
  put16(zip, 0);  // internal attributes
  put32(zip, 0);  // external attributes
  put32(zip, 0);  // local header's offset
  zip += kMember;

  const auto central_bytes = static_cast<uint32_t>(zip.size()) - central_at;
  zip += "PK\5\6";
  put32(zip, 0);  // disks
  put16(zip, 1);  // entries here
  put16(zip, 1);  // entries
  put32(zip, central_bytes);
  put32(zip, central_at);
  put16(zip, 0);  // comment length
  return zip;
}

}  // namespace sekisho::antivirus
