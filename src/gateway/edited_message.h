// gateway/edited_message.h: the bytes that leave: a prefix, then the spool with its edits.
//
//   EditedMessage message(spool.read_fd(), spool.size(), "Received: …\r\n", decision.edits);
//   while (auto n = message.read(buffer)) { if (*n == 0) break; … }
//
// Copies nothing but what stands in the caller's buffer; where there is no edit the bytes are the
// spool's. Edits that don't fit the spool (out of order, overlapping, past the end) are an Error,
// before a byte.
//
// Memory: none of its own.  Lifetime: the edits and the descriptor outlive it.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "inspect/verdict.h"

namespace sekisho::gateway {

class EditedMessage {
 public:
  EditedMessage(int spool, uint64_t spool_bytes, std::string prefix,
                std::span<const inspect::Edit> edits);
  EditedMessage(const EditedMessage&) = delete;
  EditedMessage& operator=(const EditedMessage&) = delete;

  // Bytes in all, without reading.
  uint64_t size() const;
  // Fills the buffer from where the last read ended; 0 at the end.
  Result<size_t> read(std::span<char> buffer);
  void rewind();

 private:
  size_t take_pending(std::span<char> buffer);

  int spool_;
  uint64_t spool_bytes_;
  std::string prefix_;
  std::span<const inspect::Edit> edits_;
  uint64_t at_ = 0;  // in the spool
  size_t next_edit_ = 0;
  std::string_view pending_;  // text of ours that comes before the spool's next byte
};

}  // namespace sekisho::gateway
