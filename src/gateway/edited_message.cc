#include "gateway/edited_message.h"

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "inspect/verdict_check.h"

namespace sekisho::gateway {

EditedMessage::EditedMessage(int spool, uint64_t spool_bytes, std::string prefix,
                             std::span<const inspect::Edit> edits)
    : spool_(spool), spool_bytes_(spool_bytes), prefix_(std::move(prefix)), edits_(edits) {
  rewind();
}

void EditedMessage::rewind() {
  at_ = 0;
  next_edit_ = 0;
  pending_ = prefix_;
}

uint64_t EditedMessage::size() const {
  uint64_t size = spool_bytes_ + prefix_.size();
  for (const inspect::Edit& edit : edits_) size += edit.insert.size() - edit.remove;
  return size;
}

size_t EditedMessage::take_pending(std::span<char> buffer) {
  const size_t n = std::min(buffer.size(), pending_.size());
  std::memcpy(buffer.data(), pending_.data(), n);
  pending_.remove_prefix(n);
  return n;
}

Result<size_t> EditedMessage::read(std::span<char> buffer) {
  if (!inspect::edits_fit(edits_, spool_bytes_)) return Error{"edits don't fit the message"};
  size_t done = 0;
  while (done < buffer.size()) {
    if (!pending_.empty()) {
      done += take_pending(buffer.subspan(done));
      continue;
    }
    if (next_edit_ < edits_.size() && edits_[next_edit_].offset == at_) {
      pending_ = edits_[next_edit_].insert;
      at_ += edits_[next_edit_].remove;
      ++next_edit_;
      continue;
    }
    const uint64_t until = next_edit_ < edits_.size() ? edits_[next_edit_].offset : spool_bytes_;
    if (at_ == until) break;
    const auto want = static_cast<size_t>(std::min<uint64_t>(buffer.size() - done, until - at_));
    const auto n = read_at(spool_, buffer.subspan(done, want), at_);
    if (!n) return n.error();
    if (*n == 0) return Error{"spool is shorter than the message"};
    done += *n;
    at_ += *n;
  }
  return done;
}

}  // namespace sekisho::gateway
