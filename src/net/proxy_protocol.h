// net/proxy_protocol.h: the line or block by which a load balancer names the real client.
//
//   ProxyHeader header = parse_proxy_header(bytes_so_far);
//   header.status: kNeedMore (read `wanted` bytes more, no further), kInvalid (close), kClient
//   (address, port), kLocal (health check)
//
// Pure. Versions 1 (text) and 2 (binary); only to be called for peers that are listed.
//
// Memory: kProxyHeaderBytesMax of the caller's.  Standard: HAProxy's proxy-protocol.txt §2.1, §2.2.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::net {

inline constexpr size_t kProxyHeaderBytesMax = 4096;

struct ProxyHeader {
  enum class Status { kNeedMore, kInvalid, kClient, kLocal } status = Status::kNeedMore;
  size_t consumed = 0;  // bytes of the header, for kClient and kLocal
  std::string address;  // the client's, as text
  uint16_t port = 0;
  size_t wanted = 1;  // for kNeedMore: bytes that surely belong to the header still
};

ProxyHeader parse_proxy_header(std::string_view bytes);

}  // namespace sekisho::net
