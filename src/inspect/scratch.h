// inspect/scratch.h: the file a decoded part stands in while libclamav reads it.
//
// Small parts stay in a memfd, larger ones go to an unlinked file, so that memory doesn't grow with
// an attachment. Both are opened once, before the sandbox closes, and cut to nothing between parts.
//
// Memory: kMemoryBytesMax of memfd pages and a 32 KB buffer.  Process: inspector worker.
// Errors: a full disk is an Error from write(); the caller then knows the part was not scanned.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::inspect {

class Scratch {
 public:
  static constexpr size_t kMemoryBytesMax = 256 << 10;
  static constexpr size_t kBufferBytes = 32 << 10;

  static Result<Scratch> open(const std::filesystem::path& folder);

  Result<void> write(std::string_view bytes);
  // Everything written so far, in the descriptor returned; its size is size().
  Result<int> finish();
  Result<void> clear();
  uint64_t size() const { return size_ + buffer_.size(); }

 private:
  Result<void> flush();
  Result<void> move_to_file();

  UniqueFd memory_;
  UniqueFd file_;
  bool in_file_ = false;
  uint64_t size_ = 0;
  std::string buffer_;
};

}  // namespace sekisho::inspect
