// gateway/spool.h: the unlinked file a message stands in while it is looked at and delivered.
//
//   spool.append(bytes) …; spool.finish();   // then spool.read_fd() and spool.size() are the
//   message spool.clear();                           // ready for the session's next message
//
// One per session that has sent a message, opened at its first one and reused. Writers append
// through one descriptor; readers (workers, delivery) get another that can only read, so that
// nobody who looks at hostile content can change it.
//
// Memory: kBufferBytes while a message arrives.  Process: front.
// Errors: a full disk is Error{ENOSPC}; the spool then keeps nothing more until clear().

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::gateway {

class Spool {
 public:
  static constexpr size_t kBufferBytes = 64 << 10;

  explicit Spool(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<void> append(std::string_view bytes);
  Result<void> finish();
  void clear();

  uint64_t size() const { return size_ + buffer_.size(); }
  int read_fd() const { return reader_.get(); }

 private:
  Result<void> open();
  Result<void> flush(std::string_view bytes);

  std::filesystem::path folder_;
  UniqueFd writer_;
  UniqueFd reader_;
  uint64_t size_ = 0;
  std::string buffer_;
};

}  // namespace sekisho::gateway
