// codec/quoted_printable.h: quoted-printable → bytes, while it streams.
//
// Soft breaks may have blanks before their line end; blanks at the end of a line go (RFC 2045 §6.7
// (3)). A broken escape stays and sets kBadEscape; loose_decoder.h reads it as other clients do.
//
// Memory: blanks or an escape whose line has not ended, kHeldBytesMax; a longer run of blanks is
// given out. Output: never longer than the input.  Broken input: never fails.
// Standards: RFC 2045 §6.7.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::codec {

class QuotedPrintableDecoder {
 public:
  static constexpr size_t kHeldBytesMax = 1024;

  void reset();
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  unsigned defects() const { return defects_; }

 private:
  size_t take_plain(std::string_view in, std::string& out);
  void held_byte(char c, std::string& out);
  void on_held_blank(char c, std::string& out);
  void on_held_escape(char c, std::string& out);
  void give_up_escape(char c, std::string& out);

  unsigned defects_ = 0;
  std::string held_;  // a run of blanks, or "=" and what came of an escape
};

}  // namespace sekisho::codec
