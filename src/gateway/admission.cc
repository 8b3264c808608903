#include "gateway/admission.h"

namespace sekisho::gateway {

std::optional<Admission::Ticket> Admission::admit(const asio::ip::address& client) {
  std::string network = net::client_network(client);
  const auto found = per_client_.find(network);
  const size_t of_client = found == per_client_.end() ? 0 : found->second;
  if (connections_ >= connections_max_ || of_client >= per_client_max_) return std::nullopt;
  ++connections_;
  ++per_client_[network];
  return std::optional<Ticket>(std::in_place, *this, std::move(network));
}

void Admission::leave(const std::string& network) {
  --connections_;
  const auto found = per_client_.find(network);
  if (--found->second == 0) per_client_.erase(found);
}

}  // namespace sekisho::gateway
