// codec/base64.h: base64 → bytes, while it streams.
//
// Junk is left out, padding may be missing, and data may go on behind it: the digits before padding
// are a whole group, and one lone digit goes on behind it. Clients disagree on what a "=" means
// where it doesn't belong: where kPaddingInside or kOddLine is set, loose_decoder.h gives what
// others read.
//
// Memory: fixed, no heap.  Output: at most three bytes for four.  Broken input: never fails.
// Standards: RFC 2045 §6.8.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::codec {

class Base64Decoder {
 public:
  void reset();
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  unsigned defects() const { return defects_; }

 private:
  char* whole_groups(const unsigned char*& from, const unsigned char* end, char* to);
  char* slow_byte(unsigned char c, char* to);
  char* digit(uint32_t value, char* to);
  char* on_padding(char* to);
  char* flush(char* to);

  unsigned defects_ = 0;
  uint32_t bits_ = 0;    // what is not yet a whole group
  unsigned digits_ = 0;  // digits in bits_
  bool padded_ = false;  // the last thing was padding
};

}  // namespace sekisho::codec
