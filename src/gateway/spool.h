// gateway/spool.h: the unlinked file a message stands in while it is looked at and delivered.
//
//   SpoolFiles files(folder);  Spool spool(files);
//   spool.append(bytes) …; spool.finish();   // then spool.read_fd() and spool.size() are the
//   message spool.clear();                           // ready for the session's next message
//
// A spool has a file from a message's first flush to clear(); the emptied file then serves the next
// message of any session. (Making and freeing an inode per message costs more than a scan on ext4
// without a journal, which looks at every inode freed in the last minutes.) Writers append
// through one descriptor; readers (workers, delivery) get another that can only read, so that
// nobody who looks at hostile content can change it.
//
// Memory: kBufferBytes while a message arrives.  Process: front.  Threads: one.
// Errors: a full disk is Error{ENOSPC}; the spool then keeps nothing more until clear().

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::gateway {

// The files that no spool uses now, at most kIdleMax.
class SpoolFiles {
 public:
  static constexpr size_t kIdleMax = 256;

  struct File {
    UniqueFd writer;
    UniqueFd reader;
  };

  explicit SpoolFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<File> take();
  // An emptied file; one that can't be emptied is closed.
  void give_back(File file);
  size_t idle() const { return idle_.size(); }

 private:
  std::filesystem::path folder_;
  std::vector<File> idle_;
};

class Spool {
 public:
  static constexpr size_t kBufferBytes = 64 << 10;

  explicit Spool(SpoolFiles& files) : files_(files) {}
  ~Spool() { clear(); }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  Result<void> append(std::string_view bytes);
  Result<void> finish();
  void clear();

  uint64_t size() const { return size_ + buffer_.size(); }
  int read_fd() const { return file_.reader.get(); }

 private:
  Result<void> flush(std::string_view bytes);

  SpoolFiles& files_;
  SpoolFiles::File file_;
  uint64_t size_ = 0;
  std::string buffer_;
};

}  // namespace sekisho::gateway
