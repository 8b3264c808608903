// gateway/active_config.h: the configuration in use, and what is built from it.
//
// A reload makes another one beside it; each transaction keeps the one that it began with, so what
// was said at RCPT still holds at the end of DATA. The old one goes with its last transaction.
//
// Next hops whose settings are the same in both are the same objects: their connections stay open,
// and a mailbox's quota is counted in one place.
//
// Process: front.  Threads: made on any, used on the loop's.  Lifetime: shared.

#pragma once

#include <memory>

#include "config/config.h"
#include "gateway/delivery.h"
#include "gateway/quarantine_hop.h"
#include "route/router.h"

namespace sekisho::gateway {

class ActiveConfig {
 public:
  ActiveConfig(config::Config settings, asio::thread_pool& files,
               const ActiveConfig* before = nullptr);

  const config::Config config;
  const route::Router router;

 private:
  QuarantineHop quarantine_;

 public:
  const Delivery delivery;
};

// The settings that differ between the two and take effect at a restart only, for a person:
// "[[listener]], spool.path".
std::string needs_restart(const config::Config& running, const config::Config& wanted);

}  // namespace sekisho::gateway
