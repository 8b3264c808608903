// net/client_network.h: which addresses count as one client.

#pragma once

#include <string>

#include "net/asio.h"

namespace sekisho::net {

// IPv4 mapped into IPv6 (::ffff:192.0.2.1) becomes the IPv4 address that it is.
asio::ip::address unmapped(const asio::ip::address& address);

// What counts as one client: the address for IPv4, its /64 for IPv6.
std::string client_network(const asio::ip::address& address);

}  // namespace sekisho::net
