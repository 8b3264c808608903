#include "gateway/quota_reservations.h"

#include <functional>

namespace sekisho::gateway {

QuotaReservations::Shard& QuotaReservations::shard_of(const std::string& folder) {
  return shards_[std::hash<std::string>{}(folder) % shards_.size()];
}

void QuotaReservations::Shard::give_back(const std::string& folder, uint64_t bytes_less) {
  const auto found = bytes.find(folder);
  if ((found->second -= bytes_less) == 0) bytes.erase(found);
}

Result<QuotaReservations::Held> QuotaReservations::reserve(const MaildirQuota& quota,
                                                           uint64_t bytes) {
  if (quota.bytes_max() == 0) return Held(Room::kYes);
  const std::string folder = quota.maildir().string();
  Shard& shard = shard_of(folder);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.bytes.find(folder);
  const uint64_t others = found == shard.bytes.end() ? 0 : found->second;
  const auto room = quota.room_for(bytes, others);
  if (!room) return room.error();
  if (*room != Room::kYes || bytes == 0) return Held(*room);
  shard.bytes[folder] += bytes;
  return Held(*this, quota, bytes);
}

Result<void> QuotaReservations::Held::count() {
  if (owner_ == nullptr) return {};
  const std::string folder = quota_.maildir().string();
  Shard& shard = std::exchange(owner_, nullptr)->shard_of(folder);
  const std::lock_guard lock(shard.mutex);
  shard.give_back(folder, bytes_);
  return quota_.add(bytes_);
}

QuotaReservations::Held::~Held() {
  if (owner_ == nullptr) return;
  const std::string folder = quota_.maildir().string();
  Shard& shard = owner_->shard_of(folder);
  const std::lock_guard lock(shard.mutex);
  shard.give_back(folder, bytes_);
}

}  // namespace sekisho::gateway
