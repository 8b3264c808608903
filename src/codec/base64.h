// codec/base64.h: base64 → bytes, while it streams.
//
// Junk is left out, padding may be missing, and data may go on behind it. Clients disagree on what
// a "=" means where it doesn't belong; where kPaddingInside or
// kOddLine is set, the other readings may give
// other bytes, and a caller that must see what any client sees decodes again with each.
//
// Memory: fixed, no heap.  Output: at most three bytes for four.  Broken input: never fails.
// Standards: RFC 2045 §6.8.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::codec {

enum class Base64Padding {
  kEndsGroup,   // the digits before it are a whole group; one lone digit goes on behind it
  kIsJunk,      // left out anywhere
  kIsPosition,  // counts as one of the four characters of a group
  kEndsLine,    // as kEndsGroup; what is unfinished goes with its line, junk hides a line's rest
  kEndsData,    // what comes behind the first whole padding is not read
};

class Base64Decoder {
 public:
  explicit Base64Decoder(Base64Padding padding = Base64Padding::kEndsGroup) { reset(padding); }

  void reset(Base64Padding padding = Base64Padding::kEndsGroup);
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  unsigned defects() const { return defects_; }

 private:
  char* whole_groups(const unsigned char*& from, const unsigned char* end, char* to);
  char* slow_byte(unsigned char c, char* to);
  char* digit(uint32_t value, char* to);
  void end_line();
  char* on_padding(char* to);
  char* flush(char* to);

  Base64Padding padding_ = Base64Padding::kEndsGroup;
  unsigned defects_ = 0;
  uint32_t bits_ = 0;       // what is not yet a whole group
  unsigned digits_ = 0;     // digits in bits_
  unsigned positions_ = 0;  // kIsPosition: characters of the group so far, padding included
  bool padded_ = false;     // the last thing was padding
  bool ended_ = false;      // kEndsData: all; kEndsLine: this line
  bool any_ = false;        // something was given out
};

}  // namespace sekisho::codec
