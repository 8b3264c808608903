// codec/loose_decoder.h: transfer encodings as decoders read them that differ from TransferDecoder
// on odd input.
//
// Where padding stands inside, junk between the digits, or an escape is broken, clients disagree;
// each way is one family of them. On clean input all ways give the same bytes.
//
// Memory: fixed, one line (kLineBytesMax); feed() adds at most in.size() + kLineBytesMax bytes to
// `out`.  Process: inspector worker.  Broken input: never fails.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/transfer_decoder.h"

namespace sekisho::codec {

enum class Base64Way : uint8_t {
  kIgnorePadding = 1,  // "=" is junk like any other
  kStopAtPadding,      // what stands behind the first padding is nothing
  kLineByLine,         // each line begins a new group
  kJunkEndsLine,       // a byte outside the alphabet hides the rest of its line
  kPaddingInGroup,     // "=" takes a place in its group of four and adds no bits
  kCleanLines,         // lines that hold anything else are passed over
  kCount
};

enum class QuotedPrintableWay : uint8_t {
  kDropEquals = 1,  // of a broken escape the "=" goes
  kDropEscape,      // and up to two bytes behind it
  kDropDigit,       // and a hex digit behind it
  kUpperCase,       // as kDropEscape; RFC 2045 §6.7 (1): digits are upper-case
  kCount
};

class LooseDecoder {
 public:
  static constexpr size_t kLineBytesMax = 1024;

  // How many ways there are for an encoding: 1 to this. One for uuencode: data without "begin".
  static uint8_t ways(TransferEncoding encoding);

  void reset(TransferEncoding encoding, uint8_t way);
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);

 private:
  void base64_byte(char c, std::string& out);
  void take_digit(unsigned value, std::string& out);
  void take_padding(std::string& out);
  void flush(std::string& out);
  void quoted_printable_byte(char c, std::string& out);
  bool ends_soft_break() const;
  void broken_escape(std::string& out);
  void take_line(std::string& out);

  TransferEncoding encoding_ = TransferEncoding::kBase64;
  Base64Way base64_ = Base64Way::kIgnorePadding;
  QuotedPrintableWay quoted_ = QuotedPrintableWay::kDropEquals;
  uint32_t bits_ = 0;
  unsigned digits_ = 0, places_ = 0;
  bool begun_ = false;    // a digit has come
  bool stopped_ = false;  // kStopAtPadding: for good; kJunkEndsLine: to the end of the line
  std::string held_;      // an escape, or a line
};

// The bytes of one line of uuencode; true when all that it promises is there.
bool decode_uuencode_line(std::string_view line, std::string& out);

}  // namespace sekisho::codec
