#include "mail/apple_file.h"

#include <algorithm>
#include <cstddef>

namespace sekisho::mail {
namespace {

constexpr uint32_t kDataFork = 1, kRealName = 3;  // RFC 1740, appendix A

uint32_t big_endian(const unsigned char* bytes, size_t count) {
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

void AppleFile::feed(std::string_view bytes, const OnInnerFile& on_file) {
  while ((in_header_ || entries_ > 0) && !bytes.empty()) {
    const size_t taken = take_head(bytes);
    bytes.remove_prefix(taken);
    at_ += taken;
  }
  if (bytes.empty()) return;
  name_.append(cut(bytes, name_range_));
  const bool whole = at_ + bytes.size() >= name_range_.end;
  if (whole && (data_.end == 0 || name_range_.end <= data_.begin)) give_name(on_file);
  const std::string_view data = cut(bytes, data_);
  if (!data.empty()) {
    open(on_file);
    on_file({InnerFileEvent::Kind::kBytes, {}, data, {}, {}});
  }
  at_ += bytes.size();
}

void AppleFile::finish(const OnInnerFile& on_file) {
  give_name(on_file);
  if (open_) on_file({InnerFileEvent::Kind::kEnd, {}, {}, {}, {}});
  open_ = false;
}

// Magic, version, sixteen bytes of nothing, a count; then that many entries: what, where, how long.
size_t AppleFile::take_head(std::string_view bytes) {
  const size_t wanted = in_header_ ? kHeaderBytes : kEntryBytes;
  const size_t take = std::min(wanted - have_, bytes.size());
  std::copy_n(bytes.begin(), take, head_.begin() + static_cast<ptrdiff_t>(have_));
  have_ += take;
  if (have_ < wanted) return take;
  have_ = 0;
  if (in_header_) {
    in_header_ = false;
    entries_ = std::min<uint64_t>(big_endian(head_.data() + 24, 2), kEntriesMax);
  } else {
    on_entry();
  }
  return take;
}

void AppleFile::on_entry() {
  --entries_;
  const uint32_t id = big_endian(head_.data(), 4);
  const uint64_t begin = big_endian(head_.data() + 4, 4);
  const uint64_t size = big_endian(head_.data() + 8, 4);
  if (id == kDataFork && data_.end == 0) data_ = {begin, begin + size};
  if (id == kRealName && name_range_.end == 0)
    name_range_ = {begin, begin + std::min<uint64_t>(size, kNameBytesMax)};
}

// What of `bytes`, which stand at at_, lies in the range.
std::string_view AppleFile::cut(std::string_view bytes, Range range) const {
  const uint64_t begin = std::max(range.begin, at_) - at_;
  const uint64_t end = std::max(range.end, at_) - at_;
  if (begin >= bytes.size() || begin >= end) return {};
  return bytes.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

void AppleFile::give_name(const OnInnerFile& on_file) {
  if (name_given_ || name_.empty()) return;
  name_given_ = true;
  if (open_)
    on_file({InnerFileEvent::Kind::kName, name_, {}, {}, {}});
  else
    open(on_file);
}

void AppleFile::open(const OnInnerFile& on_file) {
  if (open_) return;
  open_ = true;
  const std::string_view name = name_given_ ? name_ : std::string_view();
  on_file({InnerFileEvent::Kind::kBegin, name, {}, {}, {}});
}

}  // namespace sekisho::mail
