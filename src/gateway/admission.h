// gateway/admission.h: counts connections, and says who has too many.
//
//   Admission::Ticket ticket = admission.admit(client);   // empty: refuse with 421
//
// Process: front.  Memory: one entry per client network that is connected.

#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "net/client_network.h"

namespace sekisho::gateway {

class Admission {
 public:
  Admission(size_t connections_max, size_t per_client_max)
      : connections_max_(connections_max), per_client_max_(per_client_max) {}

  // Holds a place until it goes.
  class Ticket {
   public:
    Ticket(Admission& owner, std::string network) : owner_(&owner), network_(std::move(network)) {}
    Ticket(Ticket&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), network_(std::move(other.network_)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (owner_ != nullptr) owner_->leave(network_);
    }

   private:
    Admission* owner_;
    std::string network_;
  };

  // For who comes from now on.
  void set_limits(size_t connections_max, size_t per_client_max) {
    connections_max_ = connections_max;
    per_client_max_ = per_client_max;
  }
  std::optional<Ticket> admit(const asio::ip::address& client);
  size_t connections() const { return connections_; }

 private:
  void leave(const std::string& network);

  size_t connections_max_;
  size_t per_client_max_;
  size_t connections_ = 0;
  std::unordered_map<std::string, size_t> per_client_;
};

}  // namespace sekisho::gateway
