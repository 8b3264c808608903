#include "net/ip_range.h"

#include <algorithm>
#include <charconv>

namespace sekisho::net {
namespace {

template <typename Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, unsigned bits) {
  const size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<long>(whole), b.begin())) return false;
  if (bits % 8 == 0) return true;
  const unsigned shift = 8 - bits % 8;
  return (a[whole] >> shift) == (b[whole] >> shift);
}

}  // namespace

Result<IpRange> IpRange::parse(std::string_view text) {
  const size_t slash = text.find('/');
  asio::error_code error;
  IpRange range;
  range.base_ = asio::ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return Error{std::string(text) + ": not an address or range"};
  const unsigned bits_max = range.base_.is_v4() ? 32 : 128;
  range.prefix_bits_ = bits_max;
  if (slash == std::string_view::npos) return range;
  const std::string_view bits = text.substr(slash + 1);
  const auto parsed = std::from_chars(bits.data(), bits.data() + bits.size(), range.prefix_bits_);
  if (parsed.ec != std::errc() || parsed.ptr != bits.data() + bits.size() ||
      range.prefix_bits_ > bits_max)
    return Error{std::string(text) + ": not a prefix length"};
  return range;
}

bool IpRange::contains(const asio::ip::address& address) const {
  if (address.is_v4() != base_.is_v4()) return false;
  return address.is_v4()
             ? same_prefix(address.to_v4().to_bytes(), base_.to_v4().to_bytes(), prefix_bits_)
             : same_prefix(address.to_v6().to_bytes(), base_.to_v6().to_bytes(), prefix_bits_);
}

asio::ip::address unmapped(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

std::string client_network(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace sekisho::net
