// gateway/maildir.h: our own store: one Maildir, written so that 250 may be said.
//
//   Maildir box(folder);
//   auto staged = box.stage(message, host_name);    // tmp/…, fsynced
//   box.commit(*staged);                            // renamed into new/, folder fsynced
// Staging all recipients' copies before the first commit makes several recipients one transaction.
//
// Bytes are written as they came, CRLF line ends included. File names carry the size (",S="), as
// Maildir++ asks. Folders are made at the first delivery (mode 0700). Each delivery removes what a
// crash left in tmp/ 36 hours ago or earlier.
//
// Memory: one block of 64 KB per call.  Process: front, on the file pool (all calls block).
// Standards: https://cr.yp.to/proto/maildir.html; Maildir++ for quota (maildir_quota.h).

#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "gateway/edited_message.h"

namespace sekisho::gateway {

class Maildir {
 public:
  explicit Maildir(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Staged {
    std::string name;  // of the file, in tmp/ and then in new/
    uint64_t bytes = 0;
  };

  Result<void> create();  // folder, tmp, new, cur; fsynced where new
  Result<Staged> stage(EditedMessage& message, const std::string& host_name);
  Result<void> commit(const Staged& staged);
  void discard(const Staged& staged);
  // Takes a committed message back, when another recipient's commit failed.
  void revoke(const Staged& staged);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// A folder name for a mailbox below a store: "domain/local", with every byte that a path could read
// otherwise written as %XX, so that no address leaves the store.
std::filesystem::path mailbox_folder(const std::string& local, const std::string& domain);

}  // namespace sekisho::gateway
