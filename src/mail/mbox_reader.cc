#include "mail/mbox_reader.h"

#include <algorithm>
#include <utility>

namespace sekisho::mail {
namespace {

constexpr std::string_view kFrom = "From ";

bool is_empty_line(std::string_view line) { return line == "\n" || line == "\r\n"; }

}  // namespace

void MboxReader::consume(size_t bytes) {
  input_.remove_prefix(bytes);
  offset_ += bytes;
}

std::optional<MboxEvent> MboxReader::chunk(std::string_view bytes, uint64_t offset) {
  if (!in_message_ || bytes.empty()) return std::nullopt;
  return MboxEvent{MboxEvent::Kind::kChunk, {}, offset, bytes};
}

std::optional<MboxEvent> MboxReader::take_held() {
  given_ = std::exchange(held_, {});
  return chunk(given_, held_offset_);
}

std::optional<MboxEvent> MboxReader::next() {
  for (;;) {
    if (from_line_) {
      if (in_message_) {
        in_message_ = false;
        held_.clear();
        return MboxEvent{MboxEvent::Kind::kMessageEnd, {}, line_offset_, {}};
      }
      from_line_ = false;
      in_message_ = true;
      after_empty_ = false;
      given_ = std::exchange(line_, {});
      passing_from_line_ = !given_.ends_with('\n');
      while (given_.ends_with('\n') || given_.ends_with('\r')) given_.pop_back();
      return MboxEvent{MboxEvent::Kind::kMessageBegin, given_, line_offset_, {}};
    }
    if (input_.empty() && !finished_) return std::nullopt;
    if (input_.empty() && line_.empty()) {
      held_.clear();  // the empty line that ends the last message
      if (!std::exchange(in_message_, false)) return std::nullopt;
      return MboxEvent{MboxEvent::Kind::kMessageEnd, {}, offset_, {}};
    }
    if (passing_from_line_) {
      const size_t end = input_.find('\n');
      passing_from_line_ = end == std::string_view::npos;
      consume(passing_from_line_ ? input_.size() : end + 1);
      continue;
    }
    if (auto event = line_start_ ? read_line_start() : read_text()) return event;
    if (input_.empty() && !finished_ && !from_line_) return std::nullopt;
  }
}

// At the begin of a line: enough of it is gathered to know an empty line and a "From " line.
std::optional<MboxEvent> MboxReader::read_line_start() {
  if (line_.empty()) line_offset_ = offset_;
  while (!input_.empty() && !line_.ends_with('\n')) {
    const std::string_view head = std::string_view(line_).substr(0, kFrom.size());
    const bool may_be_from = kFrom.starts_with(head) && after_empty_;
    const bool may_be_empty = line_.empty() || line_ == "\r";
    if ((!may_be_from && !may_be_empty) || line_.size() >= kFromLineBytesMax) break;
    const size_t end = input_.find('\n');
    const size_t wanted = may_be_from && line_.size() >= kFrom.size()
                              ? std::min(end == std::string_view::npos ? input_.size() : end + 1,
                                         kFromLineBytesMax - line_.size())
                              : 1;
    line_.append(input_.substr(0, wanted));
    consume(wanted);
  }
  const bool undecided = !line_.ends_with('\n') && input_.empty() && !finished_;
  if (undecided && line_.size() < kFromLineBytesMax) return std::nullopt;
  if (is_empty_line(line_)) {
    auto event = held_.empty() ? std::nullopt : take_held();
    held_ = std::exchange(line_, {});
    held_offset_ = line_offset_;
    after_empty_ = true;
    return event;
  }
  if (after_empty_ && line_.starts_with(kFrom)) {
    from_line_ = true;
    return std::nullopt;
  }
  if (!held_.empty()) return take_held();
  after_empty_ = false;
  line_start_ = line_.ends_with('\n');
  given_ = std::exchange(line_, {});
  return chunk(given_, line_offset_);
}

// Whole lines, up to an empty one or to where the next might begin a message.
std::optional<MboxEvent> MboxReader::read_text() {
  size_t end = 0;
  for (;;) {
    const size_t newline = input_.find('\n', end);
    if (newline == std::string_view::npos) {
      end = input_.size();
      break;
    }
    end = newline + 1;
    line_start_ = end == input_.size() || input_[end] == '\n' || input_[end] == '\r';
    if (line_start_) break;
  }
  const std::string_view bytes = input_.substr(0, end);
  consume(end);
  return chunk(bytes, offset_ - end);
}

}  // namespace sekisho::mail
