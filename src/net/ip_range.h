// net/ip_range.h: a range of addresses in CIDR form, and a client's network.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/asio.h"

namespace sekisho::net {

class IpRange {
 public:
  // "192.0.2.0/24", "2001:db8::/32"; without a length one address.
  static Result<IpRange> parse(std::string_view text);
  bool contains(const asio::ip::address& address) const;

 private:
  asio::ip::address base_;
  unsigned prefix_bits_ = 0;
};

// IPv4 mapped into IPv6 (::ffff:192.0.2.1) becomes the IPv4 address that it is.
asio::ip::address unmapped(const asio::ip::address& address);

// What counts as one client: the address for IPv4, its /64 for IPv6.
std::string client_network(const asio::ip::address& address);

}  // namespace sekisho::net
