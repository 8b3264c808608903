// scan/message_source.h: the messages in files, mboxes, Maildirs, folders and standard input, one
// by one.
//
//   MessageSource source(paths, form);
//   while (auto message = source.next()) …        // message->fd is a file of just this message
//
// A file whose first line begins with "From " is an mbox (mbox_file.h); a folder with cur/ and new/
// is a Maildir; another folder is walked, sorted by name, and each but once. What gzip, xz, zstd or
// bzip2 has compressed is unpacked (forward_file.h), known by its first bytes and not by its name.
// Messages of an mbox, of a compressed file or of standard input are copied into an unlinked file
// each.
//
// Memory: the list of a folder's names, which folders were walked, and one block.  Process: the
// command line.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "scan/mbox_file.h"

namespace sekisho::scan {

// All of a file as one message: itself, or what it unpacks to, copied, as far as it can be.
Result<Message> whole_message(const std::string& path, ForwardFile file);
// What has no offset to go back to (standard input) is copied first.
Result<UniqueFd> copy_of(int fd);

class MessageSource {
 public:
  MessageSource(std::vector<std::string> paths, mail::MboxForm form);
  ~MessageSource();

  // nullopt at the end. A path that can't be read is reported on stderr and counted.
  std::optional<Message> next();
  size_t errors() const { return errors_; }

 private:
  std::optional<Message> open(const std::filesystem::path& path);
  Result<std::optional<Message>> read(const std::string& path, UniqueFd fd);
  bool is_new_folder(const std::filesystem::path& folder);
  std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder);
  void expand_folder(const std::filesystem::path& folder);
  void complain(const std::string& path, const Error& error);

  std::deque<std::filesystem::path> queue_;
  mail::MboxForm form_;
  std::unique_ptr<MboxFile> mbox_;
  std::string mbox_path_;
  std::set<std::pair<dev_t, ino_t>> folders_;  // that were expanded
  size_t errors_ = 0;
};

}  // namespace sekisho::scan
