#include "codec/css_uris.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/byte_scan.h"
#include "codec/utf8.h"

namespace sekisho::codec {
namespace {

using Kind = UriEvent::Kind;

constexpr unsigned kEscapeDigitsMax = 6;

bool is_css_space(char c) { return is_space(c) || c == '\f'; }

bool ends_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         equals_ignore_case(text.substr(text.size() - word.size()), word);
}

// 16 where it is none.
unsigned hex_digit(char c) {
  const char lower = ascii_lower(c);
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10) : 16;
}

}  // namespace

void CssUris::reset() {
  in_ = {};
  state_ = State::kOther;
  quote_ = 0;
  tail_.clear();
  in_escape_ = false;
}

std::optional<UriEvent> CssUris::next() {
  while (!in_.empty()) {
    std::optional<UriEvent> event;
    if (in_escape_)
      event = escape();
    else if (state_ == State::kOther)
      event = other();
    else if (state_ == State::kBefore)
      event = before();
    else if (state_ == State::kValue)
      event = value();
    else
      comment();
    if (event) return event;
  }
  return std::nullopt;
}

std::optional<UriEvent> CssUris::other() {
  const size_t plain = find_block_byte(in_, [](const Block& block) {
    return block.is('(') | block.is('"') | block.is('\'') | block.is('/') | block.is('\\');
  });
  keep_tail(in_.substr(0, plain));
  in_.remove_prefix(plain);
  if (in_.empty()) return std::nullopt;
  const char c = in_.front();
  in_.remove_prefix(1);
  if (c == '/') {
    state_ = State::kSlash;
  } else if (c == '\\') {
    in_escape_ = true;
    digits_ = 0;
    escaped_ = 0;
  } else {
    return open(c);
  }
  return std::nullopt;
}

// What a bracket or a quote opens.
std::optional<UriEvent> CssUris::open(char c) {
  const bool bracket = c == '(', is_address = bracket && ends_with_word(tail_, "url");
  if (!bracket)
    while (!tail_.empty() && is_css_space(tail_.back())) tail_.pop_back();
  is_text_ = !is_address && !ends_with_word(tail_, "@import");
  tail_.clear();
  if (bracket && !is_address) return std::nullopt;
  in_brackets_ = bracket;
  quote_ = bracket ? '\0' : c;
  state_ = bracket ? State::kBefore : State::kValue;
  if (bracket) return std::nullopt;
  return UriEvent{Kind::kBegin, {}};
}

void CssUris::comment() {
  if (state_ == State::kSlash) {
    const bool opens = in_.front() == '*';
    if (opens) in_.remove_prefix(1);
    if (!opens) keep_tail("/");
    state_ = opens ? State::kComment : State::kOther;
  } else if (state_ == State::kComment) {
    in_.remove_prefix(std::min(in_.find('*'), in_.size()));
    if (in_.empty()) return;
    in_.remove_prefix(1);
    state_ = State::kStar;
  } else {
    if (in_.front() != '*') state_ = in_.front() == '/' ? State::kOther : State::kComment;
    in_.remove_prefix(1);
  }
}

// Of url(: a quote may come.
std::optional<UriEvent> CssUris::before() {
  while (!in_.empty() && is_css_space(in_.front())) in_.remove_prefix(1);
  if (in_.empty()) return std::nullopt;
  if (in_.front() == '"' || in_.front() == '\'') {
    quote_ = in_.front();
    in_.remove_prefix(1);
  }
  state_ = State::kValue;
  return UriEvent{Kind::kBegin, {}};
}

// An unescaped line end closes a string; in url() it breaks all, but not for each client.
size_t CssUris::value_length() const {
  if (quote_ == 0) return std::min(in_.find_first_of(" \t\r\n\f)\\"), in_.size());
  const char line_end = in_brackets_ ? quote_ : '\n';
  return find_block_byte(in_, [quote = quote_, line_end](const Block& block) {
    return block.is(quote) | block.is('\\') | block.is(line_end);
  });
}

std::optional<UriEvent> CssUris::value() {
  const size_t plain = value_length();
  if (plain > 0) {
    const std::string_view bytes = in_.substr(0, plain);
    in_.remove_prefix(plain);
    return UriEvent{Kind::kBytes, bytes};
  }
  const char c = in_.front();
  in_.remove_prefix(1);
  if (c == '\\') {
    in_escape_ = true;
    digits_ = 0;
    escaped_ = 0;
    return std::nullopt;
  }
  state_ = State::kOther;
  quote_ = 0;
  return UriEvent{is_text_ ? Kind::kEndText : Kind::kEnd, {}};
}

std::optional<UriEvent> CssUris::escape() {
  const char c = in_.front();
  const unsigned digit = hex_digit(c);
  if (digit < 16 && digits_ < kEscapeDigitsMax) {
    in_.remove_prefix(1);
    escaped_ = escaped_ << 4 | digit;
    ++digits_;
    return std::nullopt;
  }
  if (digits_ > 0) {
    if (is_css_space(c)) in_.remove_prefix(1);
    return end_escape();
  }
  in_escape_ = false;
  in_.remove_prefix(1);
  character_.clear();
  if (c == '\n' || c == '\r' || c == '\f')
    return std::nullopt;  // a string goes on in the next line
  character_ = c;
  if (state_ == State::kValue) return UriEvent{Kind::kBytes, character_};
  keep_tail(character_);
  return std::nullopt;
}

std::optional<UriEvent> CssUris::end_escape() {
  in_escape_ = false;
  character_.clear();
  const bool valid = escaped_ > 0 && escaped_ <= 0x10FFFF && (escaped_ & ~0x7FFu) != 0xD800;
  append_code_point(valid ? escaped_ : 0xFFFD, character_);
  if (state_ == State::kValue) return UriEvent{Kind::kBytes, character_};
  keep_tail(character_);
  return std::nullopt;
}

void CssUris::keep_tail(std::string_view bytes) {
  if (bytes.size() >= kTailBytesMax) {
    tail_ = bytes.substr(bytes.size() - kTailBytesMax);
    return;
  }
  tail_.append(bytes);
  if (tail_.size() > kTailBytesMax) tail_.erase(0, tail_.size() - kTailBytesMax);
}

}  // namespace sekisho::codec
