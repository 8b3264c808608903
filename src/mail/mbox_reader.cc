#include "mail/mbox_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/bytes.h"

namespace sekisho::mail {
namespace {

constexpr std::string_view kLengthField = "Content-Length:";
constexpr size_t kFieldNameBytesMax = 80;
constexpr size_t kQuoteMarksMax = 100;
constexpr size_t kLeadingBlockBytes = 4096;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr uint64_t kBodyBytesMax = uint64_t{1} << 50;  // a length that no file has

// "12:34", as every date of a "From " line has it.
bool holds_time(std::string_view line) {
  for (size_t colon = line.find(':'); colon != std::string_view::npos;
       colon = line.find(':', colon + 1))
    if (colon > 0 && colon + 2 < line.size() && is_digit(line[colon - 1]) &&
        is_digit(line[colon + 1]) && is_digit(line[colon + 2]))
      return true;
  return false;
}

bool begins_field(std::string_view head) {
  const size_t colon = head.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  return std::all_of(head.begin(), head.begin() + static_cast<ptrdiff_t>(colon),
                     [](char c) { return c > ' ' && c < 0x7f; });
}

// Behind a byte order mark and the line ends of a file's begin.
uint64_t behind_line_ends(const MboxReader::Read& read) {
  char block[kLeadingBlockBytes];
  uint64_t at = 0;
  for (;;) {
    const std::string_view bytes(block, read(at, block));
    const size_t mark = at == 0 && bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    const size_t end = bytes.find_first_not_of("\r\n", mark);
    if (end != std::string_view::npos) return at + end;
    if (bytes.empty()) return at;
    at += bytes.size();
  }
}

}  // namespace

bool begins_like_mbox(const MboxReader::Read& read) {
  char head[5];
  return std::string_view(head, read(behind_line_ends(read), head)) == "From ";
}

MboxReader::MboxReader(Read read, MboxForm form, size_t block_bytes)
    : read_(std::move(read)), form_(form), block_(block_bytes) {}

std::optional<MboxEvent> MboxReader::next() {
  if (state_ == State::kBetween) return begin_message();
  for (;;) {
    if (state_ == State::kCounted && at_ >= counted_end_) return end_counted();
    if (at_ == again_until_ || is_end(at_)) return end_message(at_);
    Line line = Line::kText;
    const uint64_t end = end_of_text(line);
    if (end > at_) return chunk_to(end);
    if (line == Line::kEnd) return end_message(at_ + empty_line(at_));
    ++at_;  // the ">" of a quoted line
    in_line_ = true;
  }
}

// As far as the block's lines are given as they stand; `line` is what the next one is.
uint64_t MboxReader::end_of_text(Line& line) {
  const std::string_view block = block_from(at_);
  size_t size = 0;
  while (size < block.size()) {
    const uint64_t at = at_ + size;
    if (at == again_until_) break;
    if (!in_line_ && (line = look_at_line(at)) != Line::kText) break;
    const size_t newline = block.find('\n', size);
    in_line_ = newline == std::string_view::npos;
    size = in_line_ ? block.size() : newline + 1;
    if (state_ != State::kCounted || at_ + size < counted_end_) continue;
    in_line_ = false;
    return counted_end_;
  }
  return at_ + size;
}

// May be asked more than once of a line that is no text.
MboxReader::Line MboxReader::look_at_line(uint64_t at) {
  const char first = look(at, 1).front();
  const size_t empty = first == '\n' || first == '\r' ? empty_line(at) : 0;
  if (state_ == State::kHeader) {
    if (first == 'C' || first == 'c') note_length(at);
    if (empty > 0) begin_body(at + empty);
  }
  if (first == 'F' && again_until_ && begins_inside(at)) return Line::kEnd;
  if (first == 'F') look_inside(at);
  after_empty_ = empty > 0;
  if (state_ == State::kBody && empty > 0 && ends_before(at + empty)) return Line::kEnd;
  return first == '>' && unquotes() && is_quoted_from(at) ? Line::kQuoted : Line::kText;
}

std::optional<MboxEvent> MboxReader::begin_message() {
  if (at_ == 0) at_ = behind_line_ends(read_);
  while (must_begin_ ? !is_from(at_) : !after_empty_ || !begins_message(at_)) {
    if (is_end(at_)) return std::nullopt;
    must_begin_ = false;
    after_empty_ = empty_line(at_) > 0;
    at_ = behind_line(at_);
  }
  state_ = State::kHeader;
  in_line_ = after_empty_ = false;
  bad_length_ = wrong_length_ = false;
  length_.reset();
  from_line_ = line_at(at_);
  while (from_line_.ends_with('\n') || from_line_.ends_with('\r')) from_line_.pop_back();
  return MboxEvent{
      MboxEvent::Kind::kMessageBegin, from_line_, std::exchange(at_, behind_line(at_)), {}};
}

void MboxReader::begin_body(uint64_t body) {
  state_ = State::kBody;
  const bool heeds = form_ == MboxForm::kAny || form_ == MboxForm::kCl || form_ == MboxForm::kCl2;
  if (!heeds || again_until_ || (!length_ && !bad_length_)) return;
  wrong_length_ = bad_length_ || !is_true_end(body + *length_, body);
  if (wrong_length_) return;
  state_ = State::kCounted;
  counted_end_ = body + *length_;
}

void MboxReader::note_length(uint64_t line) {
  const std::string_view field = line_at(line);
  if (!starts_with_ignore_case(field, kLengthField)) return;
  const std::string_view value = trim(field.substr(kLengthField.size()));
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  const bool is_number = error == std::errc() && end == value.data() + value.size();
  if (!is_number || length > kBodyBytesMax || length_.value_or(length) != length)
    bad_length_ = true;
  length_ = length;
}

bool MboxReader::is_true_end(uint64_t end, uint64_t body) {
  const std::string_view before = end > body ? look(end - 1, 1) : "\n";
  if (before.empty()) return false;
  const bool begins_line = before == "\n";
  if (is_end(end)) return true;
  if (!begins_line) return false;
  if (is_from(end)) return true;
  const size_t empty = empty_line(end);
  return empty > 0 && (is_end(end + empty) || is_from(end + empty));
}

// What is read again holds none: there it begins a message.
void MboxReader::look_inside(uint64_t line) {
  if (inner_ && line - *inner_ > kAgainBytesMax) {
    inner_.reset();
    inner_passed_ = true;
  }
  if (form_ != MboxForm::kAny || again_until_ || inner_ || inner_passed_) return;
  if (begins_inside(line) || (after_empty_ && begins_message(line))) inner_ = line;
}

std::optional<MboxEvent> MboxReader::end_counted() {
  return end_message(is_from(at_) ? at_ : at_ + empty_line(at_));
}

MboxEvent MboxReader::end_message(uint64_t end) {
  const bool holds_message = inner_ || inner_passed_;
  if (end == again_until_) again_until_.reset();
  state_ = State::kBetween;
  in_line_ = false;
  must_begin_ = true;
  at_ = end;
  if (inner_) {
    again_until_ = end;
    at_ = *inner_;
  }
  inner_.reset();
  inner_passed_ = false;
  return {MboxEvent::Kind::kMessageEnd, {}, end, {}, wrong_length_, holds_message};
}

MboxEvent MboxReader::chunk_to(uint64_t end) {
  const uint64_t begin = std::exchange(at_, end);
  return {MboxEvent::Kind::kChunk, {}, begin, block_from(begin).substr(0, end - begin)};
}

bool MboxReader::ends_before(uint64_t at) {
  return at == again_until_ || is_end(at) || begins_message(at);
}

bool MboxReader::begins_message(uint64_t at) {
  if (!is_from(at)) return false;
  const std::string_view line = line_at(at);
  if (holds_time(line)) return true;
  return line.ends_with('\n') && begins_field(look(at + line.size(), kFieldNameBytesMax));
}

// With no empty line before it, only what is hardly a text's: a date and a header.
bool MboxReader::begins_inside(uint64_t at) {
  if (!is_from(at)) return false;
  const std::string_view line = line_at(at);
  const uint64_t next = at + line.size();
  return line.ends_with('\n') && holds_time(line) && begins_field(look(next, kFieldNameBytesMax));
}

bool MboxReader::unquotes() const {
  if (state_ == State::kHeader) return false;
  if (form_ == MboxForm::kAny) return state_ == State::kBody;
  return form_ == MboxForm::kRd || form_ == MboxForm::kCl;
}

bool MboxReader::is_quoted_from(uint64_t line) {
  const std::string_view head = look(line, kQuoteMarksMax);
  const size_t text = std::min(head.find_first_not_of('>'), head.size());
  return is_from(line + text);
}

size_t MboxReader::empty_line(uint64_t at) {
  const std::string_view head = look(at, 2);
  return head.starts_with('\n') ? 1 : head == "\r\n" ? 2 : 0;
}

// In the block where it is there, else read for this alone. Valid until the next call.
std::string_view MboxReader::look(uint64_t at, size_t bytes) {
  const uint64_t block_end = block_begin_ + block_size_;
  if (at >= block_begin_ && at + bytes <= block_end)
    return {block_.data() + (at - block_begin_), bytes};
  return {peeked_, read_(at, {peeked_, std::min(bytes, sizeof peeked_)})};
}

// The first bytes of a line, with its end where it is as short.
std::string_view MboxReader::line_at(uint64_t at) {
  const std::string_view head = look(at, kFromLineBytesMax);
  const size_t newline = head.find('\n');
  return newline == std::string_view::npos ? head : head.substr(0, newline + 1);
}

uint64_t MboxReader::behind_line(uint64_t at) {
  for (;;) {
    const std::string_view block = block_from(at);
    const size_t newline = block.find('\n');
    if (newline != std::string_view::npos) return at + newline + 1;
    if (block.empty()) return at;
    at += block.size();
  }
}

// What the block holds from there; read anew where it holds nothing.
std::string_view MboxReader::block_from(uint64_t at) {
  if (at < block_begin_ || at >= block_begin_ + block_size_) {
    block_begin_ = at;
    block_size_ = read_(at, block_);
  }
  return {block_.data() + (at - block_begin_),
          block_size_ - static_cast<size_t>(at - block_begin_)};
}

}  // namespace sekisho::mail
