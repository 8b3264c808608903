#include "gateway/spool.h"

#include <unistd.h>

#include "base/file.h"

namespace sekisho::gateway {

Result<void> Spool::append(std::string_view bytes) {
  if (buffer_.size() + bytes.size() < kBufferBytes) {
    buffer_.append(bytes);
    return {};
  }
  if (auto flushed = flush(buffer_); !flushed) return flushed;
  buffer_.clear();
  return flush(bytes);
}

Result<void> Spool::finish() {
  auto flushed = flush(buffer_);
  // An idle session keeps no buffer.
  std::string().swap(buffer_);
  return flushed;
}

void Spool::clear() {
  std::string().swap(buffer_);
  // A file that can't be cut is not used again.
  if (size_ > 0 && ::ftruncate(writer_.get(), 0) != 0) writer_.reset();
  size_ = 0;
}

Result<void> Spool::open() {
  auto file = make_unlinked_file(folder_);
  if (!file) return file.error();
  auto reader = reopen_read_only(file->get());
  if (!reader) return reader.error();
  writer_ = std::move(*file);
  reader_ = std::move(*reader);
  return {};
}

Result<void> Spool::flush(std::string_view bytes) {
  if (!writer_) {
    if (auto opened = open(); !opened) return opened;
  }
  if (auto written = write_at(writer_.get(), bytes, size_); !written) return written;
  size_ += bytes.size();
  return {};
}

}  // namespace sekisho::gateway
