// The body half of MimeParser: chunks, and the lines that may be delimiters.

#include <algorithm>
#include <utility>

#include "mail/mime_parser.h"

namespace sekisho::mail {
namespace {

// So much of a line is looked at to say what it is. RFC 5322 §2.1.1 allows 998, but a delimiter is
// as long as the Content-Type that is noted may make it.
constexpr size_t kLineHeadBytes = 17 << 10;

}  // namespace

// Takes bytes of the present line until it ends or enough is there to say what it is.
bool MimeParser::collect_line() {
  if (line_.empty()) line_offset_ = offset_;
  if (line_.ends_with('\n') || line_.size() >= kLineHeadBytes) return true;
  const size_t room = kLineHeadBytes - line_.size();
  const std::string_view head = input_.substr(0, room);
  const size_t end = head.find('\n');
  const size_t take = end == std::string_view::npos ? head.size() : end + 1;
  line_.append(head.substr(0, take));
  consume(take);
  return line_.ends_with('\n') || line_.size() >= kLineHeadBytes;
}

std::optional<MimeEvent> MimeParser::read_body() {
  if (state_ == State::kDelimiterRest) {
    const size_t end = input_.find('\n');
    consume(end == std::string_view::npos ? input_.size() : end + 1);
    if (end == std::string_view::npos && !finished_) return std::nullopt;
    state_ = State::kBody;
    on_boundary(delimiter_);
    return std::nullopt;
  }
  if (headerless_ && !look_at_headerless()) return std::nullopt;
  if (boxes_ == 0 || rest_is_leaf_) return read_unbounded();
  if (!peeked_.empty()) return read_after_peeked();
  if (!line_.empty() || (line_start_ && input_.starts_with('-'))) return read_candidate();
  return read_plain();
}

// A body behind an empty header: what if its first line is a field? False: more input is needed.
bool MimeParser::look_at_headerless() {
  if (!collect_line() && !finished_) return false;
  headerless_ = false;
  if (find_content_field(line_)) hints_.structure = true;
  return true;
}

// Where no boundary can come, all there is.
std::optional<MimeEvent> MimeParser::read_unbounded() {
  if (!held_end_.empty()) return give_held();
  if (!line_.empty()) {
    std::swap(given_, line_);
    line_.clear();
    return chunk_of_given(line_offset_);
  }
  if (!input_.empty()) return give_input(input_.size());
  if (finished_) queue_end();
  return std::nullopt;
}

// A line that begins with "-" may be a boundary: it is gathered until that is known.
std::optional<MimeEvent> MimeParser::read_candidate() {
  const bool whole = collect_line();
  const bool may_match = line_.size() < 2 || line_.starts_with("--");
  if (!whole && may_match && !finished_) return std::nullopt;
  if (const auto match = delimiter_of(line_)) {
    take_delimiter(*match, line_offset_);
    return std::nullopt;
  }
  if (any_delimiter_ && line_.starts_with("--") && line_.ends_with('\n')) {
    std::swap(peeked_, line_);
    line_.clear();
    peeked_offset_ = line_offset_;
    return std::nullopt;
  }
  return held_end_.empty() ? give_line() : give_held();
}

void MimeParser::take_delimiter(Match match, uint64_t offset) {
  end_offset_ = held_end_.empty() ? offset : held_offset_;
  held_end_.clear();
  const bool line_is_over = line_.ends_with('\n');
  line_.clear();
  line_start_ = true;
  if (line_is_over) return on_boundary(match);
  delimiter_ = match;
  state_ = State::kDelimiterRest;
}

// The line "--…" before this one is a delimiter if a Content-* field stands here.
std::optional<MimeEvent> MimeParser::read_after_peeked() {
  if (!collect_line() && !finished_) return std::nullopt;
  if (!find_content_field(line_)) return held_end_.empty() ? give_peeked() : give_held();
  size_t box = open_ - 1;
  while (!levels_[box].is_box) --box;
  std::vector<std::string>& boundaries = levels_[box].boundaries;
  const std::string_view text = std::string_view(peeked_).substr(2);
  if (boundaries.size() == kBoundaryCandidatesMax) boundaries.pop_back();
  boundaries.emplace_back(text.substr(0, text.find_first_of(" \t\r\n")));
  end_offset_ = held_end_.empty() ? peeked_offset_ : held_offset_;
  held_end_.clear();
  peeked_.clear();
  on_boundary({box, false, false, 0});
  return std::nullopt;
}

std::optional<MimeEvent> MimeParser::give_peeked() {
  std::swap(given_, peeked_);
  peeked_.clear();
  size_t end = given_.size() - 1;
  if (given_[end - 1] == '\r') --end;
  held_end_ = std::string_view(given_).substr(end);
  held_offset_ = peeked_offset_ + end;
  given_.resize(end);
  return chunk_of_given(peeked_offset_);
}

// The line, without its end: that may belong to a boundary on the next one.
std::optional<MimeEvent> MimeParser::give_line() {
  size_t end = line_.size();
  line_start_ = line_.ends_with('\n');
  if (line_start_) --end;
  if (end > 0 && line_[end - 1] == '\r') --end;
  held_end_ = std::string_view(line_).substr(end);
  held_offset_ = line_offset_ + end;
  std::swap(given_, line_);
  given_.resize(end);
  line_.clear();
  if (given_.empty()) return std::nullopt;
  return chunk_of_given(line_offset_);
}

std::optional<MimeEvent> MimeParser::give_held() {
  std::swap(given_, held_end_);
  held_end_.clear();
  return chunk_of_given(held_offset_);
}

MimeEvent MimeParser::chunk_of_given(uint64_t offset) {
  return {MimeEvent::Kind::kBodyChunk, &top(), {}, {}, offset, given_.size(), given_};
}

std::optional<MimeEvent> MimeParser::give_input(size_t bytes) {
  if (bytes == 0) return std::nullopt;
  const MimeEvent event{MimeEvent::Kind::kBodyChunk, &top(), {}, {}, offset_, bytes,
                        input_.substr(0, bytes)};
  consume(bytes);
  return event;
}

// Body bytes up to the next line that begins with "--"; the line end before that is held back.
std::optional<MimeEvent> MimeParser::read_plain() {
  if (input_.empty()) {
    if (!held_end_.empty()) return give_held();
    queue_end();
    return std::nullopt;
  }
  if (held_end_ == "\r") {
    if (!input_.starts_with('\n')) return give_held();
    held_end_ = "\r\n";
    consume(1);
    line_start_ = true;
    return std::nullopt;
  }
  line_start_ = false;
  if (!held_end_.empty()) return give_held();
  size_t newline = input_.find("\n--");
  if (newline == std::string_view::npos && input_.ends_with("\n-")) newline = input_.size() - 2;
  if (newline == std::string_view::npos && input_.ends_with('\n')) newline = input_.size() - 1;
  if (newline == std::string_view::npos) {
    const size_t end = input_.ends_with('\r') ? input_.size() - 1 : input_.size();
    hold_end(end, input_.size());
    auto event = give_input(end);
    consume(input_.size());
    return event;
  }
  const size_t end = newline > 0 && input_[newline - 1] == '\r' ? newline - 1 : newline;
  hold_end(end, newline + 1);
  auto event = give_input(end);
  consume(newline + 1 - end);
  line_start_ = true;
  return event;
}

void MimeParser::hold_end(size_t begin, size_t end) {
  held_end_ = input_.substr(begin, end - begin);
  held_offset_ = offset_ + begin;
}

}  // namespace sekisho::mail
