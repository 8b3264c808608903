// gateway/quota_reservations.h: what is on its way into each mailbox, so that messages that come
// at the same time don't overrun a quota that each alone would keep.
//
//   auto held = reservations.reserve(quota, bytes);        // an Error: the quota can't be read
//   if (held->room() == Room::kYes) { store it; held->count(); }     // given back when it goes
//
// A check and the reservation, like the count and its end, are one step: nobody sees a message
// twice or not at all.
//
// Memory: an entry per mailbox that mail is on its way to.  Process: front.  Threads: any (file
// pool).

#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "gateway/maildir_quota.h"

namespace sekisho::gateway {

class QuotaReservations {
 public:
  using Room = MaildirQuota::Room;

  class Held {
   public:
    explicit Held(Room room) : room_(room) {}
    Held(QuotaReservations& owner, MaildirQuota quota, uint64_t bytes)
        : owner_(&owner), quota_(std::move(quota)), bytes_(bytes) {}
    Held(Held&& other) noexcept
        : room_(other.room_),
          owner_(std::exchange(other.owner_, nullptr)),
          quota_(std::move(other.quota_)),
          bytes_(other.bytes_) {}
    Held& operator=(Held&&) = delete;
    ~Held();

    Room room() const { return room_; }
    Result<void> count();  // the message is in the mailbox

   private:
    Room room_ = Room::kYes;
    QuotaReservations* owner_ = nullptr;  // null: nothing is held
    MaildirQuota quota_{{}, 0};
    uint64_t bytes_ = 0;
  };

  Result<Held> reserve(const MaildirQuota& quota, uint64_t bytes);

 private:
  // Mailboxes share a lock by their hash.
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, uint64_t> bytes;  // by folder

    void give_back(const std::string& folder, uint64_t bytes_less);
  };
  Shard& shard_of(const std::string& folder);

  std::array<Shard, 64> shards_;
};

}  // namespace sekisho::gateway
