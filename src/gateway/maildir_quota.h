// gateway/maildir_quota.h: how full a Maildir is, by the Maildir++ file `maildirsize`.
//
// The file holds the limit in its first line and one "bytes count" line per change; it is summed on
// each delivery and made anew by counting the folders when it is missing, has another limit, has
// grown over 5,120 bytes, or says "over quota" and is older than 15 minutes. IMAP servers that
// speak Maildir++ (Dovecot's quota = maildir) keep the same file.
//
// Memory: the file's 5 KB.  Process: front, on the file pool.  Standard: Maildir++ as Courier
// describes it.

#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace sekisho::gateway {

class MaildirQuota {
 public:
  MaildirQuota(std::filesystem::path maildir, uint64_t bytes_max)
      : maildir_(std::move(maildir)), bytes_max_(bytes_max) {}

  // Whether `bytes` more fit, with `others` that are on their way. The message alone may be larger
  // than the whole mailbox may be. kBusy: only the others leave no room, and they may come to
  // nothing.
  enum class Room { kYes, kBusy, kFull, kMessageTooLarge };
  Result<Room> room_for(uint64_t bytes, uint64_t others = 0) const;

  // Counts a delivered message.
  Result<void> add(uint64_t bytes) const;

  const std::filesystem::path& maildir() const { return maildir_; }
  uint64_t bytes_max() const { return bytes_max_; }

 private:
  struct Sum {
    int64_t bytes = 0;
    bool usable = false;  // the file is there and has our limit
    bool old = false;
  };
  Result<Sum> read_sum() const;
  Result<int64_t> recount() const;
  std::filesystem::path path() const { return maildir_ / "maildirsize"; }

  std::filesystem::path maildir_;
  uint64_t bytes_max_;
};

}  // namespace sekisho::gateway
