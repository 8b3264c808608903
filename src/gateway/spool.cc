#include "gateway/spool.h"

#include <unistd.h>

#include "base/file.h"

namespace sekisho::gateway {

Result<SpoolFiles::File> SpoolFiles::take() {
  if (!idle_.empty()) {
    File file = std::move(idle_.back());
    idle_.pop_back();
    return file;
  }
  auto writer = make_unlinked_file(folder_);
  if (!writer) return writer.error();
  auto reader = reopen_read_only(writer->get());
  if (!reader) return reader.error();
  return File{std::move(*writer), std::move(*reader)};
}

void SpoolFiles::give_back(File file) {
  if (idle_.size() < kIdleMax && ::ftruncate(file.writer.get(), 0) == 0)
    idle_.push_back(std::move(file));
}

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
  if (file_.writer) files_.give_back(std::move(file_));
  file_ = {};
  size_ = 0;
}

Result<void> Spool::flush(std::string_view bytes) {
  if (!file_.writer) {
    auto file = files_.take();
    if (!file) return file.error();
    file_ = std::move(*file);
  }
  if (auto written = write_at(file_.writer.get(), bytes, size_); !written) return written;
  size_ += bytes.size();
  return {};
}

}  // namespace sekisho::gateway
