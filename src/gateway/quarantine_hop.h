// gateway/quarantine_hop.h: where held mail goes: one Maildir, fsynced, with who it was for on top.
//
// Each message is kept once per transaction, with X-Sekisho-Quarantine fields that name the
// recipients; the fields of delivery (X-Spam-Status) are there too.
//
// Process: front; file work on the file pool.

#pragma once

#include <filesystem>
#include <string>

#include "gateway/next_hop.h"

namespace sekisho::gateway {

class QuarantineHop final : public NextHop {
 public:
  QuarantineHop(std::filesystem::path folder, std::string host_name, asio::thread_pool& files)
      : folder_(std::move(folder)), host_name_(std::move(host_name)), files_(files) {}

  net::awaitable<std::vector<smtp::Reply>> deliver(const Outgoing& message,
                                                   std::span<const inspect::Edit> edits,
                                                   std::span<const Recipient> recipients) override;

 private:
  smtp::Reply hold(const Outgoing& message, std::span<const inspect::Edit> edits,
                   std::span<const Recipient> recipients) const;

  std::filesystem::path folder_;
  std::string host_name_;
  asio::thread_pool& files_;
};

}  // namespace sekisho::gateway
