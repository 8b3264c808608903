#include "gateway/message_log.h"

#include <fmt/format.h>

#include "base/log.h"

namespace sekisho::gateway {
namespace {

constexpr size_t kListBytesMax = 2000;

void append(std::string& list, std::string_view word) {
  if (list.size() + word.size() > kListBytesMax) return;
  if (!list.empty()) list += ',';
  list += word;
}

}  // namespace

void log_message(const Transaction& transaction, const MessageRecord& record,
                 const inspect::Verdict& verdict, const DeliveryOutcome& outcome) {
  const inspect::Findings& found = verdict.findings;
  std::string recipients, rules;
  for (const AcceptedRecipient& recipient : transaction.recipients)
    append(recipients, recipient.address);
  for (const inspect::ScoredHit& hit : found.hits) append(rules, hit.rule);
  if (found.left_out > 0) append(rules, fmt::format("+{}", found.left_out));
  const Severity severity = outcome.partly_delivered ? Severity::kWarning : Severity::kInfo;
  log_line(severity, outcome.partly_delivered ? "message partly delivered" : "message",
           {{"id", transaction.id},
            {"client", record.client},
            {"helo", record.helo},
            {"from", transaction.sender},
            {"to", recipients},
            {"size", record.bytes},
            {"verdict", outcome.action},
            {"reason", outcome.reason},
            {"score", found.score},
            {"rules", rules},
            {"virus", fmt::format("{}", fmt::join(found.viruses, ","))},
            {"unscanned", fmt::format("{}", fmt::join(found.unscanned, ","))},
            {"attachments", fmt::format("{}", fmt::join(found.attachments, ","))},
            {"reply", outcome.reply.summary()},
            {"next_hop", outcome.next_hop_reply},
            {"receive_ms", record.receive_ms},
            {"inspect_ms", record.inspect_ms},
            {"walk_ms", verdict.timings.walk_ms},
            {"antivirus_ms", verdict.timings.antivirus_ms},
            {"deliver_ms", record.deliver_ms}});
}

}  // namespace sekisho::gateway
