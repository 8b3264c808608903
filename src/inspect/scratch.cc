#include "inspect/scratch.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "base/file.h"

namespace sekisho::inspect {

Result<Scratch> Scratch::open(const std::filesystem::path& folder) {
  Scratch scratch;
  scratch.memory_.reset(::memfd_create("part", MFD_CLOEXEC));
  if (!scratch.memory_) return errno_error("memfd_create");
  auto file = make_unlinked_file(folder);
  if (!file) return file.error();
  scratch.file_ = std::move(*file);
  scratch.buffer_.reserve(kBufferBytes);
  return scratch;
}

Result<void> Scratch::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t room = kBufferBytes - buffer_.size();
    buffer_.append(bytes.substr(0, room));
    bytes.remove_prefix(std::min(room, bytes.size()));
    if (buffer_.size() < kBufferBytes) return {};
    if (auto flushed = flush(); !flushed) return flushed;
  }
  return {};
}

Result<int> Scratch::finish() {
  if (auto flushed = flush(); !flushed) return flushed.error();
  return in_file_ ? file_.get() : memory_.get();
}

Result<void> Scratch::clear() {
  buffer_.clear();
  if (size_ > 0 && ::ftruncate(memory_.get(), 0) != 0) return errno_error("ftruncate");
  if (in_file_ && ::ftruncate(file_.get(), 0) != 0) return errno_error("ftruncate");
  size_ = 0;
  in_file_ = false;
  return {};
}

Result<void> Scratch::flush() {
  if (buffer_.empty()) return {};
  if (!in_file_ && size_ + buffer_.size() > kMemoryBytesMax) {
    if (auto moved = move_to_file(); !moved) return moved;
  }
  if (auto written = write_at(in_file_ ? file_.get() : memory_.get(), buffer_, size_); !written)
    return written;
  size_ += buffer_.size();
  buffer_.clear();
  return {};
}

Result<void> Scratch::move_to_file() {
  std::array<char, 16384> block;
  for (uint64_t at = 0; at < size_;) {
    auto n = read_at(memory_.get(), block, at);
    if (!n) return n.error();
    if (*n == 0) return Error{"scratch: short read"};
    if (auto written = write_at(file_.get(), {block.data(), *n}, at); !written) return written;
    at += *n;
  }
  if (::ftruncate(memory_.get(), 0) != 0) return errno_error("ftruncate");
  in_file_ = true;
  return {};
}

}  // namespace sekisho::inspect
