// codec/css_uris.h: what a style sheet or a style attribute links to, while it streams.
//
//   CssUris c;  c.feed(css);  while (auto e = c.next()) use(*e);  …  c.reset()
//
// url(x), url("x"), @import "x", and each other string, which image-set() takes for an address
// (kEndText). Escapes are read, comments are not.
//
// Memory: kTailBytesMax.  Broken input: never fails; an address that never ends goes on to the end.
// Lifetime: bytes are valid until the next feed() or next().
// Standards: CSS Syntax 3 §4.3.1 (tokens), §4.3.7 (escapes).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/uri_event.h"

namespace sekisho::codec {

class CssUris {
 public:
  static constexpr size_t kTailBytesMax = 32;

  void reset();
  void feed(std::string_view css) { in_ = css; }
  std::optional<UriEvent> next();
  bool in_uri() const { return state_ == State::kValue && !is_text_; }

 private:
  enum class State { kOther, kSlash, kComment, kStar, kBefore, kValue };

  std::optional<UriEvent> other();
  std::optional<UriEvent> before();
  std::optional<UriEvent> value();
  size_t value_length() const;
  std::optional<UriEvent> escape();
  std::optional<UriEvent> end_escape();
  std::optional<UriEvent> open(char c);
  void comment();
  void keep_tail(std::string_view bytes);

  std::string_view in_;
  State state_ = State::kOther;
  char quote_ = 0;  // that ends the address; 0: a bracket or a blank does
  bool in_brackets_ = false;
  bool is_text_ = false;
  std::string tail_;  // what stood last before the input, without escapes and comments
  // "\" and the digits behind it.
  bool in_escape_ = false;
  unsigned digits_ = 0;
  uint32_t escaped_ = 0;
  std::string character_;  // that an escape made
};

}  // namespace sekisho::codec
