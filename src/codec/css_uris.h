// codec/css_uris.h: what a style sheet or a style attribute links to, while it streams.
//
//   CssUris c;  c.feed(css);  while (auto e = c.next()) use(*e);  …  c.reset()
//
// url(x), url("x") and @import "x". An escape in the word "url" is read; one in the address itself
// is not.
//
// Memory: kTailBytesMax.  Broken input: never fails; an address that never ends goes on to the end.
// Lifetime: bytes are valid until the next feed().  Standards: CSS Syntax 3 §4.3.6.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::codec {

struct CssUriEvent {
  enum class Kind { kBegin, kBytes, kEnd };
  Kind kind;
  std::string_view bytes;
};

class CssUris {
 public:
  static constexpr size_t kTailBytesMax = 32;

  void reset();
  void feed(std::string_view css) { in_ = css; }
  std::optional<CssUriEvent> next();
  bool in_uri() const { return state_ == State::kValue; }

 private:
  enum class State { kOther, kBefore, kValue };

  bool find_begin();
  bool opens_at(char c) const;
  void keep_tail(std::string_view bytes);

  std::string_view in_;
  State state_ = State::kOther;
  char quote_ = 0;    // that ends the address; 0: a bracket or a blank does
  std::string tail_;  // what stood last before the input
};

}  // namespace sekisho::codec
