// gateway/next_hop.h: the seam to whoever takes the mail: a Maildir store, an LMTP or an SMTP
// server.
//
// deliver() hands one message to some recipients and gives one reply for each, in their order. 2xx
// is only said when the hop has taken the message for good (its own 2xx, or our fsync). Whatever
// fails otherwise is 4xx: the sender keeps the mail.
//
// Process: front.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "inspect/verdict.h"
#include "net/asio.h"
#include "smtp/reply.h"

namespace sekisho::gateway {

// The message as all recipients of a transaction share it.
struct Outgoing {
  int spool = -1;
  uint64_t spool_bytes = 0;
  std::string sender;        // "" for the null sender
  std::string trace_fields;  // "Received: …\r\n"
  bool smtputf8 = false;
  bool body8bit = false;
  // When the client must have had its answer. Until then it waits; after that it repeats the
  // message.
  SteadyTime answer_by = SteadyTime::max();
  // Whether the client is gone, and would repeat what is delivered now. Any thread; may be empty.
  std::function<bool()> client_left;

  bool has_client_left() const { return client_left && client_left(); }
};

// What a hop says for a message that it has not delivered since has_client_left().
extern const smtp::Reply kClientLeft;

struct Recipient {
  std::string mailbox;  // local@domain; the local part quoted where it must be
  std::string local;    // unquoted
  std::string domain;
  uint64_t mailbox_bytes_max = 0;  // 0: no quota
};

class NextHop {
 public:
  virtual ~NextHop() = default;
  virtual net::awaitable<std::vector<smtp::Reply>> deliver(
      const Outgoing& message, std::span<const inspect::Edit> edits,
      std::span<const Recipient> recipients) = 0;
};

}  // namespace sekisho::gateway
