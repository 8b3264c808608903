#include "uri/wrapped_uri.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::uri {
namespace {

constexpr std::string_view kSchemeMark = "://";
constexpr std::string_view kWordEnds = " \t<>\"";

std::string_view without_quote_marks(std::string_view line) {
  while (!line.empty() && (line.front() == '>' || is_space(line.front()))) line.remove_prefix(1);
  return line;
}

// Behind an angle bracket, also behind "<URL:".
bool begins_uri(std::string_view word) {
  if (starts_with_ignore_case(word, "URL:")) word.remove_prefix(4);
  for (const std::string_view scheme : {"http", "hxxp", "ftp:", "www."})
    if (starts_with_ignore_case(word, scheme)) return true;
  return false;
}

bool has_path(std::string_view word) {
  const size_t mark = word.find(kSchemeMark);
  return mark != std::string_view::npos &&
         word.find_first_of("/?", mark + kSchemeMark.size()) != std::string_view::npos;
}

}  // namespace

void WrappedUris::reset() {
  finder_.reset();
  line_.clear();
  line_cut_ = false;
  state_ = State::kNone;
  uri_.clear();
  joined_ = false;
}

void WrappedUris::feed(std::string_view utf8) {
  while (!utf8.empty()) {
    const size_t end = std::min(utf8.find('\n'), utf8.size());
    const bool whole = end < utf8.size();
    if (whole && line_.empty() && !line_cut_) {
      take_line(utf8.substr(0, end));
    } else {
      const size_t room = kBytesMax - line_.size();
      line_.append(utf8.substr(0, std::min(end, room)));
      line_cut_ |= end > room;
      if (whole) take_line(line_);
    }
    if (whole) {
      line_.clear();
      line_cut_ = false;
    }
    utf8.remove_prefix(std::min(end + 1, utf8.size()));
  }
}

void WrappedUris::finish() {
  if (!line_.empty()) take_line(line_);
  give();
  line_.clear();
  line_cut_ = false;
}

void WrappedUris::take_line(std::string_view line) {
  if (line_cut_ || line.size() > kBytesMax) return give();
  const bool full = line.size() >= kFullLineBytes;
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  if (state_ != State::kNone && take_continuation(without_quote_marks(line), full)) return;
  begin_uri(line, full);
}

// True when it may go on in the next line.
bool WrappedUris::take_continuation(std::string_view line, bool full) {
  const size_t end = std::min(line.find_first_of(kWordEnds), line.size());
  const bool whole = end == line.size();
  const bool in_brackets = state_ == State::kInBrackets;
  const bool fits = uri_.size() + end <= kBytesMax;
  if (end > 0 && fits &&
      (in_brackets || (whole && line.find(kSchemeMark) == std::string_view::npos))) {
    uri_.append(line.substr(0, end));
    joined_ = true;
    if (whole && (in_brackets || full)) return true;
    give();
    return whole;
  }
  give();
  return false;
}

void WrappedUris::begin_uri(std::string_view line, bool full) {
  const size_t before = line.find_last_of(kWordEnds);
  const std::string_view word = line.substr(before + 1);  // npos + 1 is 0
  if (before != std::string_view::npos && line[before] == '<' && begins_uri(word))
    state_ = State::kInBrackets;
  else if (full && has_path(word))
    state_ = State::kBare;
  else
    return;
  uri_ = word;
}

void WrappedUris::give() {
  if (joined_) {
    finder_.feed(uri_);
    finder_.finish();
  }
  state_ = State::kNone;
  uri_.clear();
  joined_ = false;
}

}  // namespace sekisho::uri
