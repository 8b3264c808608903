#include "codec/value_uris.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

using Kind = UriEvent::Kind;

constexpr std::string_view kWhiteSpace = " \t\r\n\f";
constexpr std::string_view kBeforeCandidate = ", \t\r\n\f";
constexpr std::string_view kTime = "0123456789.;, \t\r\n\f";
constexpr std::string_view kUrl = "url=";
constexpr std::string_view kCommas = ",,,,,,,,,,,,,,,,";

void skip(std::string_view characters, std::string_view& in) {
  in.remove_prefix(std::min(in.find_first_not_of(characters), in.size()));
}

}  // namespace

void ValueUris::reset(Form form) {
  *this = {};
  form_ = form;
}

std::optional<UriEvent> ValueUris::next() {
  while (!in_.empty() || !held_.empty())
    if (const auto event = step()) return event;
  return std::nullopt;
}

std::optional<UriEvent> ValueUris::step() {
  switch (state_) {
    case State::kBefore:
      before();
      return std::nullopt;
    case State::kWord:
      return word();
    case State::kQuote:
      return quote();
    case State::kUri:
      return form_ == Form::kSrcset ? srcset_uri() : uri();
    case State::kDescriptor:
      descriptor();
      return std::nullopt;
    case State::kDone:
      break;
  }
  in_ = {};
  return std::nullopt;
}

void ValueUris::before() {
  if (form_ == Form::kSrcset) skip(kBeforeCandidate, in_);
  if (form_ == Form::kRefresh) skip(kTime, in_);
  if (!in_.empty()) state_ = form_ == Form::kRefresh ? State::kWord : State::kQuote;
}

std::optional<UriEvent> ValueUris::word() {
  if (word_ > 0) skip(kWhiteSpace, in_);
  if (in_.empty()) return std::nullopt;
  if (ascii_lower(in_.front()) == kUrl[word_]) {
    in_.remove_prefix(1);
    if (++word_ == kUrl.size()) state_ = State::kQuote;
    return std::nullopt;
  }
  if (word_ == 0) {
    state_ = State::kQuote;
    return std::nullopt;
  }
  held_ = kUrl.substr(0, word_);
  return begin();
}

std::optional<UriEvent> ValueUris::quote() {
  if (form_ == Form::kRefresh) {
    skip(kWhiteSpace, in_);
    if (in_.empty()) return std::nullopt;
    if (in_.front() == '"' || in_.front() == '\'') {
      quote_ = in_.front();
      in_.remove_prefix(1);
    }
  }
  return begin();
}

std::optional<UriEvent> ValueUris::begin() {
  state_ = State::kUri;
  return UriEvent{Kind::kBegin, {}};
}

std::optional<UriEvent> ValueUris::end(State next) {
  state_ = next;
  return UriEvent{Kind::kEnd, {}};
}

std::optional<UriEvent> ValueUris::uri() {
  if (!held_.empty()) {
    const UriEvent event{Kind::kBytes, held_};
    held_ = {};
    return event;
  }
  const size_t length = quote_ == 0 ? in_.size() : std::min(in_.find(quote_), in_.size());
  if (length == 0) return end(State::kDone);
  const UriEvent event{Kind::kBytes, in_.substr(0, length)};
  in_.remove_prefix(length);
  return event;
}

std::optional<UriEvent> ValueUris::srcset_uri() {
  if (in_.front() == ',') {
    ++commas_;
    in_.remove_prefix(1);
    return std::nullopt;
  }
  if (kWhiteSpace.find(in_.front()) != std::string_view::npos) {
    const bool whole = commas_ > 0;
    commas_ = 0;
    return end(whole ? State::kBefore : State::kDescriptor);
  }
  std::string_view bytes;
  if (commas_ > 0) {
    bytes = kCommas.substr(0, commas_);
    commas_ -= bytes.size();
  } else {
    bytes = in_.substr(0, std::min(in_.find_first_of(kBeforeCandidate), in_.size()));
    in_.remove_prefix(bytes.size());
  }
  return UriEvent{Kind::kBytes, bytes};
}

void ValueUris::descriptor() {
  const char c = in_.front();
  in_.remove_prefix(1);
  if (c == '(') ++depth_;
  if (c == ')' && depth_ > 0) --depth_;
  if (c != ',' || depth_ > 0) return;
  state_ = State::kBefore;
}

}  // namespace sekisho::codec
