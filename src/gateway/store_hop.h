// gateway/store_hop.h: our own Maildir store as a next hop.
//
// All recipients or none: every copy is written and fsynced in tmp/ before the first is renamed, so
// one full mailbox doesn't give the others a copy that the sender's retry would double.
//
// Process: front; all file work on the file pool.

#pragma once

#include <filesystem>
#include <string>

#include "gateway/maildir.h"
#include "gateway/next_hop.h"
#include "gateway/quota_reservations.h"

namespace sekisho::gateway {

class StoreHop final : public NextHop {
 public:
  StoreHop(std::filesystem::path root, std::string host_name, asio::thread_pool& files)
      : root_(std::move(root)), host_name_(std::move(host_name)), files_(files) {}

  net::awaitable<std::vector<smtp::Reply>> deliver(const Outgoing& message,
                                                   std::span<const inspect::Edit> edits,
                                                   std::span<const Recipient> recipients) override;

 private:
  std::vector<smtp::Reply> store(const Outgoing& message, std::span<const inspect::Edit> edits,
                                 std::span<const Recipient> recipients);

  std::filesystem::path root_;
  std::string host_name_;
  asio::thread_pool& files_;
  QuotaReservations reservations_;
};

// The reply for a failure of our own file work: 452 4.3.1 for a full disk, else 451 4.3.0.
smtp::Reply storage_reply(const Error& error);

}  // namespace sekisho::gateway
