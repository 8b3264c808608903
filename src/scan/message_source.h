// scan/message_source.h: the messages in files, mboxes, Maildirs, folders and standard input, one
// by one.
//
//   MessageSource source(paths);
//   while (auto message = source.next()) …        // message->fd is a file of just this message
//
// A file that begins with "From " is an mbox; a folder with cur/ or new/ is a Maildir; another
// folder is walked, sorted by name. Messages of an mbox or of standard input are copied into an
// unlinked file each, so that the inspector gets what it gets from the gateway.
//
// Memory: the list of a folder's names, and one block.  Process: the command line.

#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::scan {

struct Message {
  std::string path;    // of the file it stands in, "-" for standard input
  uint64_t index = 0;  // in its file, from 0
  UniqueFd fd;
  uint64_t bytes = 0;
};

class MboxFile;

class MessageSource {
 public:
  explicit MessageSource(std::vector<std::string> paths);
  ~MessageSource();

  // nullopt at the end. A path that can't be read is reported on stderr and counted.
  std::optional<Message> next();
  size_t errors() const { return errors_; }

 private:
  std::optional<Message> open(const std::filesystem::path& path);
  void expand_folder(const std::filesystem::path& folder);
  void complain(const Error& error);

  std::deque<std::filesystem::path> queue_;
  std::unique_ptr<MboxFile> mbox_;
  size_t errors_ = 0;
};

}  // namespace sekisho::scan
