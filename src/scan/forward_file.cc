#include "scan/forward_file.h"

#include <fcntl.h>

#include <algorithm>

#include "base/file.h"

namespace sekisho::scan {
namespace {

constexpr size_t kBlockBytes = 64 << 10;
constexpr uint64_t kReleaseStep = 1 << 20;  // a multiple of every file system's blocks

}  // namespace

Result<ForwardFile> ForwardFile::open(UniqueFd fd) {
  ForwardFile file;
  char head[codec::kCompressionHeadBytes];
  const auto n = sekisho::read_at(fd.get(), head, 0);
  if (!n) return n.error();
  file.fd_ = std::move(fd);
  const codec::Compression compression = codec::compression_of({head, *n});
  if (compression == codec::Compression::kNone) return file;
  auto held = make_unlinked_file(folder_of_unlinked_files());
  if (!held) return held.error();
  auto unpack = UnpackProcess::start(file.fd_.get(), compression);
  if (!unpack) return unpack.error();
  file.held_ = std::move(*held);
  file.unpack_ = std::move(*unpack);
  file.block_.resize(kBlockBytes);
  return file;
}

Result<size_t> ForwardFile::read_at(uint64_t offset, std::span<char> into) {
  if (!unpack_) return sekisho::read_at(fd_.get(), into, offset);
  if (is_far(offset + into.size())) return Error{"unpacks to more than is kept at a time", EFBIG};
  pull_to(offset + into.size());
  if (!failed_ && pulled_ <= offset) return failed_.error();
  const uint64_t there = std::max(pulled_, offset) - offset;
  const size_t size = static_cast<size_t>(std::min<uint64_t>(into.size(), there));
  return sekisho::read_at(held_.get(), into.first(size), offset);
}

// What came before an error is given first.
void ForwardFile::pull_to(uint64_t offset) {
  while (pulled_ < offset && !ended_ && failed_) {
    const auto n = unpack_->read(block_);
    if (!n) {
      failed_ = n.error();
      return;
    }
    ended_ = *n == 0;
    failed_ = write_at(held_.get(), {block_.data(), *n}, pulled_);
    pulled_ += *n;
  }
}

void ForwardFile::release(uint64_t before) {
  before -= before % kReleaseStep;
  if (!unpack_ || before <= released_) return;
  // Where the file system can't make holes, all of it counts as held.
  if (::fallocate(held_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  static_cast<off_t>(released_), static_cast<off_t>(before - released_)) != 0)
    return;
  released_ = before;
}

}  // namespace sekisho::scan
