// scan/unpack_process.h: a compressed file, unpacked by a process that can do nothing else.
//
//   auto unpack = UnpackProcess::start(fd, compression);
//   while (auto n = unpack->read(block); n && *n > 0) …      // 0: the end, and all was well
//
// The process is forked, closes every descriptor but the file's and two pipes, and enters the
// sandbox of the inspectors (worker/sandbox.h) before it reads a byte. It waits where nobody reads
// on, so what it unpacks is never stored by it.
//
// Memory: the decompressor's window (codec/decompressor.h), in the child alone.
// Errors: broken or cut off data, a sandbox that can't be entered, a child that died.
// Process: the command line, single-threaded.  Lifetime: ends the child.

#pragma once

#include <sys/types.h>

#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "codec/decompressor.h"
#include "scan/temporary_folder.h"

namespace sekisho::scan {

class UnpackProcess {
 public:
  static Result<std::unique_ptr<UnpackProcess>> start(int file, codec::Compression compression);
  UnpackProcess(const UnpackProcess&) = delete;
  UnpackProcess& operator=(const UnpackProcess&) = delete;
  ~UnpackProcess();

  Result<size_t> read(std::span<char> into);

 private:
  UnpackProcess() = default;
  Result<size_t> how_it_ended();

  TemporaryFolder folder_{"/dev/shm", "/tmp"};
  UniqueFd bytes_;
  UniqueFd error_;
  pid_t pid_ = -1;
};

}  // namespace sekisho::scan
