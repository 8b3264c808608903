#include "gateway/store_hop.h"

#include <cerrno>
#include <optional>

#include "base/log.h"
#include "gateway/blocking.h"
#include "gateway/trace_fields.h"

namespace sekisho::gateway {
namespace {

struct Copy {
  Maildir box;
  std::optional<QuotaReservations::Held> held{};
  Maildir::Staged staged{};
  bool is_staged = false;
};

std::optional<smtp::Reply> quota_refusal(MaildirQuota::Room room) {
  switch (room) {
    case MaildirQuota::Room::kYes:
      return std::nullopt;
    case MaildirQuota::Room::kBusy:
      return smtp::Reply{452, "4.2.2", "Mailbox is nearly full, try again later"};
    case MaildirQuota::Room::kFull:
      return smtp::Reply{552, "5.2.2", "Mailbox is full"};
    case MaildirQuota::Room::kMessageTooLarge:
      return smtp::Reply{552, "5.2.3", "Message is larger than the mailbox"};
  }
  return std::nullopt;
}

// Stages one recipient's copy; a reply when it can't be.
std::optional<smtp::Reply> stage(Copy& copy, EditedMessage& message, const std::string& host_name,
                                 QuotaReservations& reservations, uint64_t bytes_max) {
  if (auto created = copy.box.create(); !created) return storage_reply(created.error());
  auto held = reservations.reserve(MaildirQuota(copy.box.folder(), bytes_max), message.size());
  if (!held) return storage_reply(held.error());
  if (auto refusal = quota_refusal(held->room())) return refusal;
  copy.held.emplace(std::move(*held));
  auto staged = copy.box.stage(message, host_name);
  if (!staged) return storage_reply(staged.error());
  copy.staged = *staged;
  copy.is_staged = true;
  return std::nullopt;
}

void discard_all(std::vector<Copy>& copies) {
  for (Copy& copy : copies)
    if (copy.is_staged) copy.box.discard(copy.staged);
}

// Renames all copies; when one fails, those before it are taken back.
Result<void> commit_all(std::vector<Copy>& copies) {
  for (size_t i = 0; i < copies.size(); ++i) {
    auto committed = copies[i].box.commit(copies[i].staged);
    if (committed) continue;
    for (size_t k = 0; k < i; ++k) copies[k].box.revoke(copies[k].staged);
    discard_all(copies);
    return committed;
  }
  for (Copy& copy : copies)
    if (auto added = copy.held->count(); !added)
      log_warning("quota file",
                  {{"error", added.error().message}});  // counted anew at the next delivery
  return {};
}

}  // namespace

smtp::Reply storage_reply(const Error& error) {
  log_error("storage", {{"error", error.message}});
  if (error.code == ENOSPC || error.code == EDQUOT)
    return {452, "4.3.1", "Insufficient system storage"};
  return {451, "4.3.0", "Local error, try again later"};
}

net::awaitable<std::vector<smtp::Reply>> StoreHop::deliver(const Outgoing& message,
                                                           std::span<const inspect::Edit> edits,
                                                           std::span<const Recipient> recipients) {
  using Replies = std::vector<smtp::Reply>;
  const std::function<Replies()> call = [this, &message, edits, recipients] {
    return store(message, edits, recipients);
  };
  auto replies = co_await run_blocking<Replies>(files_, call);
  if (!replies) co_return Replies(recipients.size(), storage_reply(replies.error()));
  co_return std::move(*replies);
}

std::vector<smtp::Reply> StoreHop::store(const Outgoing& message,
                                         std::span<const inspect::Edit> edits,
                                         std::span<const Recipient> recipients) {
  EditedMessage bytes(message.spool, message.spool_bytes,
                      return_path_field(message.sender) + message.trace_fields, edits);
  std::vector<Copy> copies;
  std::vector<smtp::Reply> replies(recipients.size(), smtp::Reply{250, "2.0.0", "Stored"});
  bool all_staged = true;
  smtp::Reply failure{451, "4.3.0", "Not stored since another recipient's copy could not be"};
  for (size_t i = 0; i < recipients.size(); ++i) {
    const auto folder = root_ / mailbox_folder(recipients[i].local, recipients[i].domain);
    copies.push_back({Maildir(folder)});
    bytes.rewind();
    if (auto refused = stage(copies.back(), bytes, host_name_, reservations_,
                             recipients[i].mailbox_bytes_max)) {
      replies[i] = *refused;
      if (refused->temporary()) failure = *refused;
      all_staged = false;
    }
  }
  if (all_staged && message.has_client_left()) {
    discard_all(copies);
    failure = kClientLeft;
  } else if (all_staged) {
    const auto committed = commit_all(copies);
    if (committed) return replies;
    failure = storage_reply(committed.error());
  } else {
    discard_all(copies);
  }
  for (smtp::Reply& reply : replies)
    if (reply.positive()) reply = failure;
  return replies;
}

}  // namespace sekisho::gateway
