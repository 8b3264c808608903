// route/router.h: where mail for an address goes, or why it is refused.
//
//   Router router(config);
//   Resolution r = router.resolve(*mail::parse_mailbox("sales@example.test"));
//   if (!r.accepted()) answer(r.reply_code, r.reply); else for (const Target& t : r.targets)
//   deliver(t);
//
// In this order (the first that fits): reserved addresses, exact mailbox, alias, sub-address
// (user+tag), relay domain, catch-all, refusal. README.md says what each does. Nothing is ever
// rewritten by its look: `user%other@hosted` and `other!user@hosted` are plain local parts (RFC
// 5321 §3.6.1, no source routes); in a relay domain they are refused, since the next hop may read
// them otherwise.
//
// Memory: one index entry per domain, mailbox and alias; a resolution is bounded
// (config/expansion.h). Process: front, and `sekisho route`.  Threads: resolve() is const and keeps
// no state, so any. Lifetime: points into the Config, which must outlive the Router and every
// Resolution. Broken input: an address is any bytes; it is looked up, and unknown is a refusal,
// never a failure. Standards: RFC 5321 §2.4, §3.6.2, §4.5.1, RFC 3463 (enhanced codes), RFC 5891
// (A-labels), RFC 5233.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/name_index.h"
#include "mail/address.h"

namespace sekisho::route {

struct Target {
  std::string
      mailbox;  // canonical local@domain for the store; the local part is quoted where it must be
  const config::Domain* domain =
      nullptr;  // the hosted domain it belongs to; a forward: that of the alias
  const config::NextHop* next_hop = nullptr;  // never null
  std::string tag;                            // of user+tag: "tag"
  uint64_t mailbox_bytes_max = 0;             // quota of this mailbox, 0: none or not ours to know
};

struct Resolution {
  std::vector<Target> targets;  // without duplicates, in the order of the configuration
  const config::Domain* domain =
      nullptr;                     // whose policy applies: the domain of the recipient as given
  int reply_code = 0;              // 0: accepted
  std::string reply;               // "550 5.1.1 ..." in full, where refused
  std::vector<std::string> steps;  // each step in words

  bool accepted() const { return reply_code == 0; }
};

class Router {
 public:
  explicit Router(const config::Config& config) : index_(config) {}

  Resolution resolve(const mail::Address& recipient) const;

 private:
  config::NameIndex index_;
};

}  // namespace sekisho::route
