// gateway/transaction.h: one mail transaction: its envelope, what each recipient's domain bought,
// where it goes.

#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "inspect/job.h"
#include "route/router.h"

namespace sekisho::gateway {

struct AcceptedRecipient {
  std::string address;  // as the client gave it
  std::vector<route::Target> targets;
  const config::Domain* domain = nullptr;
  size_t policy = 0;  // index into Transaction::policies
};

struct Transaction {
  std::string id;
  std::string sender;  // "" for the null sender
  uint64_t declared_bytes = 0;
  bool body8bit = false;
  bool smtputf8 = false;
  std::vector<AcceptedRecipient> recipients;
  std::vector<inspect::Policy> policies;  // distinct

  // The largest size that one of the recipients may get.
  uint64_t message_bytes_max() const {
    uint64_t bytes = 0;
    for (const AcceptedRecipient& r : recipients)
      bytes = std::max(bytes, r.domain->plan.message_bytes_max);
    return bytes;
  }
};

}  // namespace sekisho::gateway
