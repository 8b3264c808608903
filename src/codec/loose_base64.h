// codec/loose_base64.h: base64 as decoders read it that differ from TransferDecoder on odd input.
//
// Where padding stands inside, or junk between the digits, clients disagree; each Way is one family
// of them. On clean base64 all ways give the same bytes.
//
// Memory: fixed; feed() adds at most in.size() bytes to `out`.  Process: inspector worker.
// Broken input: never fails.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::codec {

class LooseBase64 {
 public:
  enum class Way : uint8_t {
    kIgnorePadding = 1,  // "=" is junk like any other
    kStopAtPadding,      // what stands behind the first padding is nothing
    kLineByLine,         // each line begins a new group
    kJunkEndsLine,       // a byte outside the alphabet hides the rest of its line
    kPaddingIsZero,      // "=" is a digit of its group that adds no byte
  };

  void reset(Way way);
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);

 private:
  void take_digit(unsigned value, bool padding, std::string& out);
  void take_padding(std::string& out);
  void flush(std::string& out);

  Way way_ = Way::kIgnorePadding;
  uint32_t bits_ = 0;
  unsigned digits_ = 0, padding_ = 0;
  bool stopped_ = false;  // kStopAtPadding: for good; kJunkEndsLine: to the end of the line
};

}  // namespace sekisho::codec
