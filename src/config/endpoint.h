// config/endpoint.h: addresses with ports, unix sockets and networks, as they stand in the
// configuration.
//
//   parse_endpoint("[::1]:24")           -> host "::1", port 24
//   parse_endpoint("unix:/run/lmtp")     -> unix_path "/run/lmtp"
//   parse_network("10.0.0.0/8")->contains("10.1.2.3")
//
// Broken input: nullopt.  No name is looked up here.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::config {

struct Endpoint {
  std::string host;  // an IP address without brackets, or a host name
  uint16_t port = 0;
  std::string unix_path;  // instead of host and port
  bool is_ip = false;
};

std::optional<Endpoint> parse_endpoint(std::string_view text);

// An address (IPv4 as ::ffff:a.b.c.d) and how many leading bits count.
struct Network {
  std::array<uint8_t, 16> address{};
  unsigned bits = 128;
  bool exact = true;  // no bit is set behind the prefix

  bool contains(std::string_view ip) const;  // false for what is no IP address
};

// "192.0.2.1", "192.0.2.0/24", "2001:db8::/32".
std::optional<Network> parse_network(std::string_view text);

// For the table of settings: "" or the mistake.
std::string listener_address_mistake(std::string_view text);
std::string network_mistake(std::string_view text);

}  // namespace sekisho::config
