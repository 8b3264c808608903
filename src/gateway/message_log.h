// gateway/message_log.h: the one line per message, with its fixed fields.
//
// Fields, always in this order: id, client, helo, from, to, size, verdict, reason, score, rules,
// virus, unscanned, reply, next_hop, receive_ms, inspect_ms, walk_ms, antivirus_ms, deliver_ms.
// README.md explains each.

#pragma once

#include <string>

#include "gateway/delivery.h"
#include "gateway/transaction.h"
#include "inspect/verdict.h"

namespace sekisho::gateway {

struct MessageRecord {
  std::string client;
  std::string helo;
  uint64_t bytes = 0;
  double receive_ms = 0;
  double inspect_ms = 0;
  double deliver_ms = 0;
};

void log_message(const Transaction& transaction, const MessageRecord& record,
                 const inspect::Verdict& verdict, const DeliveryOutcome& outcome);

}  // namespace sekisho::gateway
