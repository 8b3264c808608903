// scan/forward_file.h: the bytes of a file by their offset, of a compressed one as well.
//
//   auto file = ForwardFile::open(std::move(fd));
//   file->read_at(offset, into);         // as base/file.h
//   file->release(offset);               // nothing before it is wanted any more
//
// Of a compressed file (known by its first bytes) an offset is one of what it unpacks to. What has
// been unpacked and not released lies in an unlinked file, kHeldBytesMax at most; its disk blocks
// are given back as it is released. is_far(): reading there would need more than that.
//
// Memory: one block.  Process: the command line; hostile data is unpacked in a process of its own
// (unpack_process.h).  Errors: I/O, broken or cut off data, an offset that is far.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "scan/unpack_process.h"

namespace sekisho::scan {

class ForwardFile {
 public:
  static constexpr uint64_t kHeldBytesMax = uint64_t{1} << 30;

  static Result<ForwardFile> open(UniqueFd fd);

  Result<size_t> read_at(uint64_t offset, std::span<char> into);
  void release(uint64_t before);
  bool is_far(uint64_t offset) const { return unpack_ && offset > released_ + kHeldBytesMax; }
  bool is_compressed() const { return unpack_ != nullptr; }
  // A file that is not compressed, as it is.
  UniqueFd take() { return std::move(fd_); }

 private:
  void pull_to(uint64_t offset);

  UniqueFd fd_;
  std::unique_ptr<UnpackProcess> unpack_;
  UniqueFd held_;
  std::vector<char> block_;
  uint64_t pulled_ = 0;    // this much has come
  uint64_t released_ = 0;  // in whole steps
  bool ended_ = false;
  Result<void> failed_;
};

}  // namespace sekisho::scan
