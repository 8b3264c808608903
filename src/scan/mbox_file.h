// scan/mbox_file.h: the messages of one mbox, each copied to an unlinked file of its own, so that
// who reads them gets what it gets from the gateway.
//
//   MboxFile box(path, std::move(file), form);
//   while (auto message = box.next(); message && *message) …
//
// Memory: one block.  Disk: one message; from a compressed mbox one of kMessageBytesMax at most, a
// larger one is an Error.  Process: the command line.  Errors: I/O, broken compressed data; they
// end the file.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "mail/mbox_reader.h"
#include "scan/forward_file.h"
#include "scan/offset_map.h"

namespace sekisho::scan {

// What a compressed file may unpack to where it is one message, or a message in it may be.
inline constexpr uint64_t kUnpackedMessageBytesMax = uint64_t{1} << 30;

struct Message {
  std::string path;    // of the file it stands in, "-" for standard input
  uint64_t index = 0;  // in its file, from 0
  UniqueFd fd;
  uint64_t bytes = 0;
  std::optional<Error> fault;  // what of a compressed file can't be unpacked: it is cut there
  // Of a message in an mbox:
  uint64_t begin = 0, end = 0;  // in its file, with the "From " line and the line before the next
  OffsetMap offsets;
  bool wrong_length = false;   // its Content-Length was not heeded
  bool holds_message = false;  // another may begin inside; it comes next
};

// "wrong_content_length", "message_inside".
std::vector<std::string_view> box_defects(const Message& message);

class MboxFile {
 public:
  MboxFile(std::string path, ForwardFile file, mail::MboxForm form);
  MboxFile(const MboxFile&) = delete;
  MboxFile& operator=(const MboxFile&) = delete;

  // nullopt at the end. A fault in the file comes behind the message that it cuts.
  Result<std::optional<Message>> next();

 private:
  size_t read(uint64_t offset, std::span<char> into);
  Result<void> begin(const mail::MboxEvent& event);
  Result<void> add(const mail::MboxEvent& event);
  Result<void> end(const mail::MboxEvent& event);

  std::string path_;
  ForwardFile file_;
  mail::MboxReader reader_;
  Result<void> read_;  // how reading went
  Message current_;
  uint64_t index_ = 0;
  uint64_t behind_ = 0;  // the chunk before, in the file
};

}  // namespace sekisho::scan
