#include "mail/mime_parser.h"

#include <algorithm>
#include <utility>

namespace sekisho::mail {

MimeParser::MimeParser(MimeLimits limits) : limits_(limits) { reset(); }

void MimeParser::reset(const Reading& reading, Origin origin) {
  using Structure = Reading::Structure;
  reading_ = reading;
  lax_ = reading.structure == Structure::kLax || reading.structure == Structure::kInnermost ||
         reading.structure == Structure::kBareCr || reading.structure == Structure::kAnyDelimiter;
  any_delimiter_ = reading.structure == Structure::kAnyDelimiter;
  hints_ = {};
  root_path_ = origin.path;
  root_depth_ = origin.depth;
  state_ = State::kStart;
  input_ = {};
  offset_ = 0;
  finished_ = false;
  open_ = 0;
  parts_ = 0;
  boxes_ = 0;
  steps_.clear();
  step_ = 0;
  pop_level_ = false;
  rest_is_leaf_ = false;
  line_.clear();
  has_field_ = false;
  junk_lines_ = 0;
  empty_line_ = false;
  held_end_.clear();
  peeked_.clear();
  line_start_ = false;
  held_cr_ = false;
}

void MimeParser::feed(std::string_view bytes) {
  input_ = bytes;
  if (reading_.structure != Reading::Structure::kBareCr || bytes.empty()) return;
  translated_.clear();
  if (held_cr_) translated_ += bytes.front() == '\n' ? '\r' : '\n';
  held_cr_ = bytes.ends_with('\r');
  if (held_cr_) bytes.remove_suffix(1);
  translated_ += bytes;
  for (size_t cr = translated_.find('\r'); cr != std::string::npos;
       cr = translated_.find('\r', cr + 1))
    if (cr + 1 == translated_.size() || translated_[cr + 1] != '\n') translated_[cr] = '\n';
  input_ = translated_;
}

void MimeParser::finish() {
  finished_ = true;
  if (!std::exchange(held_cr_, false)) return;
  translated_ = std::string(input_) + '\n';
  input_ = translated_;
}

void MimeParser::consume(size_t bytes) {
  input_.remove_prefix(bytes);
  offset_ += bytes;
}

std::optional<MimeEvent> MimeParser::next() {
  if (pop_level_) close_part();
  for (;;) {
    if (step_ < steps_.size()) {
      if (auto event = run_step(steps_[step_++])) return event;
      continue;
    }
    steps_.clear();
    step_ = 0;
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
      case State::kJunkRest:
        if (!read_rest(state_ == State::kFieldRest)) return std::nullopt;
        break;
      case State::kBody:
      case State::kDelimiterRest:
        if (auto event = read_body()) return event;
        if (step_ == steps_.size() && input_.empty() && !finished_) return std::nullopt;
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
      if (top().kind == Part::Kind::kMultipart && !top_level().closed) {
        top().defects.add(Defect::kMissingFinalBoundary);
        hints_.unfinished = true;
      }
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

// True when something happened; false when more input is needed.
bool MimeParser::read_header() {
  if (!collect_line()) {
    if (!finished_) return false;
    if (line_.empty()) {
      if (!empty_line_) top().defects.add(Defect::kHeaderUnfinished);
      end_header(offset_);
      return true;
    }
  }
  on_header_line();
  return true;
}

void MimeParser::on_header_line() {
  const bool whole_line = line_.ends_with('\n') || (finished_ && input_.empty());
  State rest = State::kFieldRest;
  Line line = classify(line_);
  if (empty_line_ && line != Line::kField) line = Line::kOther;  // the header was empty
  switch (line) {
    case Line::kEmpty:
      line_.clear();
      if (is_lax() && !has_field_ && top_level().fields == 0 && junk_lines_ == 0) {
        empty_line_ = true;
        return;
      }
      end_header(offset_);
      return;
    case Line::kMboxFrom:
      top().defects.add(Defect::kMboxFromLine);
      field_.text.clear();
      rest = State::kJunkRest;
      break;
    case Line::kField:
      empty_line_ = false;
      begin_field();
      break;
    case Line::kContinuation:
      append_field(line_);
      break;
    case Line::kJunk:
      top().defects.add(Defect::kBadHeaderLine);
      ++junk_lines_;
      note_hidden_field({}, line_);
      rest = State::kJunkRest;
      break;
    case Line::kOther:
      // The line is the first of the body, or a boundary: it stays in line_ to be read as such.
      if (!empty_line_) {
        top().defects.add(Defect::kHeaderUnfinished);
        if (!delimiter_of(line_)) top().defects.add(Defect::kBadHeaderLine);
        hints_.structure = true;
      }
      end_header(line_offset_);
      return;
  }
  line_.clear();
  if (!whole_line) state_ = rest;
}

void MimeParser::begin_field() {
  queue_field();
  field_.text.clear();
  field_.length = 0;
  field_.offset = line_offset_;
  has_field_ = true;
  append_field(line_);
}

bool MimeParser::read_rest(bool of_field) {
  const size_t end = input_.find('\n');
  const size_t take = end == std::string_view::npos ? input_.size() : end + 1;
  if (of_field) append_field(input_.substr(0, take));
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
  headerless_ = top_level().fields == 0 && steps_.size() - step_ == 1 && !rest_is_leaf_;
  empty_line_ = false;
}

void MimeParser::queue_end() {
  end_offset_ = offset_;
  for (size_t i = 0; i < open_; ++i) steps_.push_back(Step::kPartEnd);
  steps_.push_back(Step::kEnd);
  state_ = State::kEnded;
}

}  // namespace sekisho::mail
