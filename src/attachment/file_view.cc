#include "attachment/file_view.h"

#include <algorithm>

#include "base/file.h"

namespace sekisho::attachment {
namespace {

constexpr size_t kLeapBytes = 4096;

uint64_t little(std::string_view bytes, size_t at, size_t count) {
  uint64_t number = 0;
  for (size_t i = count; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

}  // namespace

uint16_t little16(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(little(bytes, at, 2));
}
uint32_t little32(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(little(bytes, at, 4));
}
uint64_t little64(std::string_view bytes, size_t at) { return little(bytes, at, 8); }

void FileView::reset(int fd, uint64_t size) {
  fd_ = fd;
  size_ = size;
  failed_ = false;
  window_at_ = window_bytes_ = 0;
}

std::string_view FileView::bytes(uint64_t offset, size_t count) {
  if (offset >= size_) return {};
  count = static_cast<size_t>(
      std::min<uint64_t>({count, size_ - offset, static_cast<uint64_t>(kWindowBytes)}));
  if (offset < window_at_ || offset + count > window_at_ + window_bytes_) {
    const bool is_next = offset >= window_at_ && offset <= window_at_ + window_bytes_;
    const size_t fill = is_next ? kWindowBytes : std::max(count, kLeapBytes);
    const auto want = static_cast<size_t>(std::min<uint64_t>(fill, size_ - offset));
    const auto n = read_at(fd_, {window_.data(), want}, offset);
    failed_ = failed_ || !n || *n != want;
    window_at_ = offset;
    window_bytes_ = n ? *n : 0;
    count = std::min(count, window_bytes_);
  }
  return {window_.data() + (offset - window_at_), count};
}

std::optional<uint16_t> FileView::u16(uint64_t offset) {
  const std::string_view b = bytes(offset, 2);
  if (b.size() < 2) return std::nullopt;
  return little16(b, 0);
}

std::optional<uint32_t> FileView::u32(uint64_t offset) {
  const std::string_view b = bytes(offset, 4);
  if (b.size() < 4) return std::nullopt;
  return little32(b, 0);
}

std::optional<uint64_t> FileView::u64(uint64_t offset) {
  const std::string_view b = bytes(offset, 8);
  if (b.size() < 8) return std::nullopt;
  return little64(b, 0);
}

// What the window holds is searched first: many finds in a row read the file once.
std::optional<uint64_t> FileView::find(std::string_view what, uint64_t from, uint64_t end) {
  end = std::min(end, size_);
  while (from + what.size() <= end) {
    const uint64_t window_end = window_at_ + window_bytes_;
    const bool is_inside = from >= window_at_ && from + what.size() <= window_end;
    const uint64_t stop = is_inside ? std::min(end, window_end) : end;
    const auto want = static_cast<size_t>(std::min<uint64_t>(kWindowBytes, stop - from));
    const std::string_view b = bytes(from, want);
    if (b.size() < what.size()) return std::nullopt;
    if (const size_t at = b.find(what); at != std::string_view::npos) return from + at;
    from += b.size() - what.size() + 1;
  }
  return std::nullopt;
}

}  // namespace sekisho::attachment
