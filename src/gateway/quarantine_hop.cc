#include "gateway/quarantine_hop.h"

#include "gateway/blocking.h"
#include "gateway/maildir.h"
#include "gateway/store_hop.h"
#include "gateway/trace_fields.h"

namespace sekisho::gateway {

net::awaitable<std::vector<smtp::Reply>> QuarantineHop::deliver(
    const Outgoing& message, std::span<const inspect::Edit> edits,
    std::span<const Recipient> recipients) {
  const std::function<smtp::Reply()> call = [this, &message, edits, recipients] {
    return hold(message, edits, recipients);
  };
  const auto reply = co_await run_blocking<smtp::Reply>(files_, call);
  if (!reply) co_return std::vector<smtp::Reply>(recipients.size(), storage_reply(reply.error()));
  co_return std::vector<smtp::Reply>(recipients.size(), *reply);
}

smtp::Reply QuarantineHop::hold(const Outgoing& message, std::span<const inspect::Edit> edits,
                                std::span<const Recipient> recipients) const {
  std::string top = return_path_field(message.sender);
  for (const Recipient& recipient : recipients)
    top += "X-Sekisho-Quarantine: " + recipient.mailbox + "\r\n";
  EditedMessage bytes(message.spool, message.spool_bytes, top + message.trace_fields, edits);
  Maildir box(folder_);
  if (auto created = box.create(); !created) return storage_reply(created.error());
  const auto staged = box.stage(bytes, host_name_);
  if (!staged) return storage_reply(staged.error());
  if (message.has_client_left()) {
    box.discard(*staged);
    return kClientLeft;
  }
  if (auto committed = box.commit(*staged); !committed) return storage_reply(committed.error());
  return {250, "2.0.0", "Accepted"};
}

}  // namespace sekisho::gateway
