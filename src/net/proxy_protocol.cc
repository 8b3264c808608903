#include "net/proxy_protocol.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <vector>

namespace sekisho::net {
namespace {

constexpr std::string_view kSignatureV2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kPrefixV1 = "PROXY ";
constexpr size_t kLineBytesMaxV1 = 107;  // §2.1, with the CRLF

constexpr size_t kShortestBytes = 15;  // "PROXY UNKNOWN" CRLF; version 2 has at least 16

ProxyHeader invalid() { return {ProxyHeader::Status::kInvalid, 0, {}, 0, 0}; }

ProxyHeader need(size_t bytes) { return {ProxyHeader::Status::kNeedMore, 0, {}, 0, bytes}; }

ProxyHeader local(size_t consumed) { return {ProxyHeader::Status::kLocal, consumed, {}, 0, 0}; }

bool is_prefix_of(std::string_view bytes, std::string_view whole) {
  return bytes.substr(0, whole.size()) == whole.substr(0, bytes.size());
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    const size_t space = line.find(' ');
    out.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return out;
    line.remove_prefix(space + 1);
  }
}

bool is_address(const std::string& text, int family) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(family, text.c_str(), bytes.data()) == 1;
}

ProxyHeader parse_v1(std::string_view bytes) {
  const size_t end = bytes.substr(0, kLineBytesMaxV1).find("\r\n");
  if (end == std::string_view::npos) return bytes.size() < kLineBytesMaxV1 ? need(1) : invalid();
  const auto field = words(bytes.substr(0, end));
  if (field.size() >= 2 && field[1] == "UNKNOWN") return local(end + 2);
  if (field.size() != 6 || (field[1] != "TCP4" && field[1] != "TCP6")) return invalid();
  ProxyHeader header{ProxyHeader::Status::kClient, end + 2, std::string(field[2]), 0, 0};
  if (!is_address(header.address, field[1] == "TCP4" ? AF_INET : AF_INET6)) return invalid();
  const auto port =
      std::from_chars(field[4].data(), field[4].data() + field[4].size(), header.port);
  if (port.ec != std::errc() || port.ptr != field[4].data() + field[4].size()) return invalid();
  return header;
}

uint16_t big_endian(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                               static_cast<unsigned char>(bytes[at + 1]));
}

// An address block of `width` bytes each for source and destination, then two ports.
ProxyHeader address_v2(std::string_view block, int family, size_t width, size_t consumed) {
  if (block.size() < 2 * width + 4) return invalid();
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(family, block.data(), text, sizeof text);
  return {ProxyHeader::Status::kClient, consumed, text, big_endian(block, 2 * width), 0};
}

ProxyHeader parse_v2(std::string_view bytes) {
  if (bytes.size() < 16) return need(16 - bytes.size());
  const unsigned version = static_cast<unsigned char>(bytes[12]) >> 4;
  const unsigned command = static_cast<unsigned char>(bytes[12]) & 15;
  const unsigned family = static_cast<unsigned char>(bytes[13]);
  const size_t length = big_endian(bytes, 14);
  if (version != 2 || command > 1 || 16 + length > kProxyHeaderBytesMax) return invalid();
  if (bytes.size() < 16 + length) return need(16 + length - bytes.size());
  const std::string_view block = bytes.substr(16, length);
  if (command == 0) return local(16 + length);
  if (family == 0x11) return address_v2(block, AF_INET, 4, 16 + length);
  if (family == 0x21) return address_v2(block, AF_INET6, 16, 16 + length);
  return local(16 + length);  // §2.2: unknown families as LOCAL
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
  if (bytes.size() >= kSignatureV2.size() && bytes.starts_with(kSignatureV2))
    return parse_v2(bytes);
  if (bytes.size() >= kPrefixV1.size() && bytes.starts_with(kPrefixV1)) return parse_v1(bytes);
  if (!is_prefix_of(bytes, kSignatureV2) && !is_prefix_of(bytes, kPrefixV1)) return invalid();
  return need(kShortestBytes - bytes.size());
}

}  // namespace sekisho::net
