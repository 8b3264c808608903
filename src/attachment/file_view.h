// attachment/file_view.h: numbers and byte strings out of a file, wherever they stand.
//
//   FileView file(fd, size);
//   if (auto n = file.u32(at)) …            // little-endian
//   std::string_view head = file.bytes(0, 512);
//
// Reads through a window, so that walking forward costs few calls; a leap reads less. Behind the
// end, and where a read fails, there is nothing: u32() is empty, bytes() is shorter; failed() tells
// the two apart.
//
// Memory: kWindowBytes.  Lifetime: a view is valid until the next call.  Process: inspector worker.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sekisho::attachment {

class FileView {
 public:
  static constexpr size_t kWindowBytes = 64 << 10;

  FileView() : window_(kWindowBytes) {}
  FileView(int fd, uint64_t size) : FileView() { reset(fd, size); }

  void reset(int fd, uint64_t size);
  uint64_t size() const { return size_; }
  bool failed() const { return failed_; }

  // At most `count` ≤ kWindowBytes bytes from `offset`.
  std::string_view bytes(uint64_t offset, size_t count);

  std::optional<uint16_t> u16(uint64_t offset);
  std::optional<uint32_t> u32(uint64_t offset);
  std::optional<uint64_t> u64(uint64_t offset);

  // Where `what` (at most 64 bytes) stands next in [from, end).
  std::optional<uint64_t> find(std::string_view what, uint64_t from, uint64_t end);

 private:
  int fd_ = -1;
  uint64_t size_ = 0;
  bool failed_ = false;
  uint64_t window_at_ = 0;
  size_t window_bytes_ = 0;
  std::vector<char> window_;
};

// Little-endian numbers in bytes already read; `at` plus the number's size must not exceed them.
uint16_t little16(std::string_view bytes, size_t at);
uint32_t little32(std::string_view bytes, size_t at);
uint64_t little64(std::string_view bytes, size_t at);

}  // namespace sekisho::attachment
