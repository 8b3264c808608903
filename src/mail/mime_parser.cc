#include "mail/mime_parser.h"

#include <algorithm>
#include <utility>

namespace sekisho::mail {
namespace {

// So much of a line is looked at to say what it is; RFC 5322 §2.1.1 allows 998.
constexpr size_t kLineHeadBytes = 1200;

}  // namespace

MimeParser::MimeParser(MimeLimits limits) : limits_(limits) {
  limits_.boundary_bytes = std::min(limits_.boundary_bytes, kLineHeadBytes - 100);
  levels_.reserve(limits_.depth + 2);
}

void MimeParser::reset() {
  state_ = State::kStart;
  input_ = {};
  offset_ = 0;
  finished_ = false;
  levels_.clear();
  parts_ = 0;
  boundaries_ = 0;
  steps_.clear();
  pop_level_ = false;
  rest_is_leaf_ = false;
  line_.clear();
  has_field_ = false;
  held_end_.clear();
  line_start_ = false;
}

void MimeParser::feed(std::string_view bytes) { input_ = bytes; }

void MimeParser::finish() { finished_ = true; }

void MimeParser::consume(size_t bytes) {
  input_.remove_prefix(bytes);
  offset_ += bytes;
}

std::optional<MimeEvent> MimeParser::next() {
  if (pop_level_) close_part();
  for (;;) {
    if (!steps_.empty()) {
      const Step step = steps_.front();
      steps_.pop_front();
      if (auto event = run_step(step)) return event;
      continue;
    }
    if (input_.empty() && !finished_) return std::nullopt;
    switch (state_) {
      case State::kStart:
        state_ = State::kHeader;
        steps_.push_back(Step::kPartBegin);
        break;
      case State::kHeader:
        if (!read_header()) return std::nullopt;
        break;
      case State::kFieldRest:
        if (!read_field_rest()) return std::nullopt;
        break;
      case State::kBody:
        if (auto event = read_body()) return event;
        if (steps_.empty() && input_.empty() && !finished_) return std::nullopt;
        break;
      case State::kEnded:
        return std::nullopt;
    }
  }
}

std::optional<MimeEvent> MimeParser::run_step(Step step) {
  MimeEvent event;
  switch (step) {
    case Step::kPartBegin:
      open_part();
      event.kind = MimeEvent::Kind::kPartBegin;
      break;
    case Step::kField:
      return field_event();
    case Step::kHeadersEnd:
      resolve_headers();
      event.kind = MimeEvent::Kind::kHeadersEnd;
      break;
    case Step::kPartEnd:
      top().body_end = std::max(end_offset_, top().body_begin);
      if (top().kind == Part::Kind::kMultipart && !levels_.back().closed)
        top().defects.add(Defect::kMissingFinalBoundary);
      event.kind = MimeEvent::Kind::kPartEnd;
      pop_level_ = true;
      break;
    case Step::kEnd:
      event.kind = MimeEvent::Kind::kEnd;
      return event;
  }
  event.part = &top();
  return event;
}

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

// True when something happened; false when more input is needed.
bool MimeParser::read_header() {
  if (!collect_line()) {
    if (!finished_) return false;
    if (line_.empty()) {
      top().defects.add(Defect::kHeaderUnfinished);
      end_header(offset_);
      return true;
    }
  }
  on_header_line();
  return true;
}

void MimeParser::on_header_line() {
  const bool whole_line = line_.ends_with('\n') || finished_;
  switch (classify(line_)) {
    case Line::kEmpty:
      line_.clear();
      end_header(offset_);
      return;
    case Line::kMboxFrom:
      top().defects.add(Defect::kMboxFromLine);
      field_ = {};
      break;
    case Line::kField:
      queue_field();
      field_.text.clear();
      field_.length = 0;
      field_.offset = line_offset_;
      has_field_ = true;
      append_field(line_);
      break;
    case Line::kContinuation:
      append_field(line_);
      break;
    case Line::kOther:
      // The line is the first of the body, or a boundary: it stays in line_ to be read as such.
      top().defects.add(Defect::kHeaderUnfinished);
      if (!match_boundary(line_)) top().defects.add(Defect::kBadHeaderLine);
      end_header(line_offset_);
      return;
  }
  line_.clear();
  if (!whole_line) state_ = State::kFieldRest;
}

bool MimeParser::read_field_rest() {
  const size_t end = input_.find('\n');
  const size_t take = end == std::string_view::npos ? input_.size() : end + 1;
  append_field(input_.substr(0, take));
  consume(take);
  if (end == std::string_view::npos && !finished_) return false;
  state_ = State::kHeader;
  return true;
}

void MimeParser::append_field(std::string_view bytes) {
  field_.length += bytes.size();
  const size_t room = limits_.field_bytes - std::min(field_.text.size(), limits_.field_bytes);
  field_.text.append(bytes.substr(0, room));
  if (bytes.size() > room) top().defects.add(Defect::kFieldTooLong);
}

void MimeParser::queue_field() {
  if (!has_field_) return;
  std::swap(emitted_, field_);
  has_field_ = false;
  steps_.push_back(Step::kField);
}

void MimeParser::end_header(uint64_t body_begin) {
  queue_field();
  top().body_begin = body_begin;
  steps_.push_back(Step::kHeadersEnd);
  state_ = State::kBody;
  line_start_ = true;
}

std::optional<MimeEvent> MimeParser::read_body() {
  if (boundaries_ == 0 || rest_is_leaf_) return read_unbounded();
  if (!line_.empty() || (line_start_ && input_.starts_with('-'))) return read_candidate();
  return read_plain();
}

// Where no boundary can come, all there is.
std::optional<MimeEvent> MimeParser::read_unbounded() {
  if (!held_end_.empty()) return give_held();
  if (!line_.empty()) {
    given_ = std::exchange(line_, {});
    return MimeEvent{
        MimeEvent::Kind::kBodyChunk, &top(), {}, {}, line_offset_, given_.size(), given_};
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
  if (const auto match = match_boundary(line_)) {
    end_offset_ = held_end_.empty() ? line_offset_ : held_offset_;
    held_end_.clear();
    line_.clear();
    line_start_ = true;
    on_boundary(*match);
    return std::nullopt;
  }
  return held_end_.empty() ? give_line() : give_held();
}

// The line, without its end: that may belong to a boundary on the next one.
std::optional<MimeEvent> MimeParser::give_line() {
  size_t end = line_.size();
  line_start_ = line_.ends_with('\n');
  if (line_start_) --end;
  if (end > 0 && line_[end - 1] == '\r') --end;
  held_end_ = line_.substr(end);
  held_offset_ = line_offset_ + end;
  given_ = line_.substr(0, end);
  line_.clear();
  if (given_.empty()) return std::nullopt;
  return MimeEvent{
      MimeEvent::Kind::kBodyChunk, &top(), {}, {}, line_offset_, given_.size(), given_};
}

std::optional<MimeEvent> MimeParser::give_held() {
  given_ = std::exchange(held_end_, {});
  return MimeEvent{
      MimeEvent::Kind::kBodyChunk, &top(), {}, {}, held_offset_, given_.size(), given_};
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

void MimeParser::queue_end() {
  end_offset_ = offset_;
  for (size_t i = 0; i < levels_.size(); ++i) steps_.push_back(Step::kPartEnd);
  steps_.push_back(Step::kEnd);
  state_ = State::kEnded;
}

}  // namespace sekisho::mail
