#include "config/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "config/domain_name.h"

namespace sekisho::config {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr size_t kUnixPathBytesMax = 107;  // sockaddr_un::sun_path with its zero

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

struct IpAddress {
  std::array<uint8_t, 16> bytes{};
  bool v4 = false;
};

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;  // inet_pton would stop there
  const std::string copy(text);
  IpAddress ip;
  if (inet_pton(AF_INET6, copy.c_str(), ip.bytes.data()) == 1) return ip;
  ip.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
  ip.v4 = true;
  if (inet_pton(AF_INET, copy.c_str(), ip.bytes.data() + 12) != 1) return std::nullopt;
  return ip;
}

bool same_bits(const std::array<uint8_t, 16>& a, const std::array<uint8_t, 16>& b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<uint8_t>(0xff << (8 - bits % 8));
  return (a[whole] & mask) == (b[whole] & mask);
}

bool rest_is_zero(const std::array<uint8_t, 16>& address, unsigned bits) {
  for (unsigned bit = bits; bit < 128; ++bit)
    if ((address[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
  return true;
}

std::optional<Endpoint> parse_unix(std::string_view path) {
  if (path.empty() || path.size() > kUnixPathBytesMax || path.front() != '/') return std::nullopt;
  Endpoint endpoint;
  endpoint.unix_path = path;
  return endpoint;
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  if (text.substr(0, kUnixPrefix.size()) == kUnixPrefix)
    return parse_unix(text.substr(kUnixPrefix.size()));
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<uint16_t> port = parse_number<uint16_t>(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::optional<IpAddress> ip = parse_ip(host);
  // An IPv6 address needs its brackets: "::1:25" could be either.
  if (!port || (ip ? bracketed == ip->v4 : bracketed)) return std::nullopt;
  Endpoint endpoint;
  endpoint.port = *port;
  endpoint.is_ip = ip.has_value();
  if (ip) {
    endpoint.host = host;
    return endpoint;
  }
  const std::optional<std::string> name = to_domain_name(host);
  // Names of digits and dots alone are mistyped IPv4 addresses.
  if (!name || name->find_first_not_of("0123456789.") == std::string::npos) return std::nullopt;
  endpoint.host = *name;
  return endpoint;
}

bool Network::contains(std::string_view ip) const {
  const std::optional<IpAddress> parsed = parse_ip(ip);
  return parsed && same_bits(parsed->bytes, address, bits);
}

std::optional<Network> parse_network(std::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<IpAddress> ip = parse_ip(text.substr(0, slash));
  if (!ip) return std::nullopt;
  Network network;
  network.address = ip->bytes;
  if (slash != std::string_view::npos) {
    const std::optional<unsigned> bits = parse_number<unsigned>(text.substr(slash + 1));
    if (!bits || *bits > (ip->v4 ? 32U : 128U)) return std::nullopt;
    network.bits = *bits + (ip->v4 ? 96U : 0U);
  }
  network.exact = rest_is_zero(network.address, network.bits);
  return network;
}

std::string listener_address_mistake(std::string_view text) {
  const std::optional<Endpoint> endpoint = parse_endpoint(text);
  if (endpoint && endpoint->is_ip) return "";
  return "is not an IP address with a port; write it like 0.0.0.0:25 or [::]:25";
}

std::string network_mistake(std::string_view text) {
  const std::optional<Network> network = parse_network(text);
  if (!network) return "is no address or network; write it like 192.0.2.7 or 192.0.2.0/24";
  if (!network->exact)
    return "has bits set behind its prefix; write the network's first address, or no prefix for "
           "one host";
  return "";
}

}  // namespace sekisho::config
