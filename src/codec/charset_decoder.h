// codec/charset_decoder.h: text in any charset that mail uses → UTF-8, while it streams.
//
//   CharsetDecoder d;  d.reset("iso-2022-jp");  d.feed(bytes, utf8);  …  d.finish(utf8);
//
// Bad bytes become U+FFFD and are counted. An unknown or missing label: the bytes are UTF-8 where
// they are valid, and Windows-1252 byte by byte where they are not; known() is then false for an
// unknown label (charset_label.h has the list). Whether a label is wrong tells charset_witness.h.
//
// Opening a converter costs as much as decoding a Subject: kSpareConvertersMax of those that
// decoders no longer need are kept in each thread, and not freed with it.
//
// Memory: three ICU converters, a pivot of 1,024 units, and for ISO-2022-JP a copy of one feed;
// open_common_charsets() before the sandbox closes, since a converter's first opening reads a file.
// Process: inspector worker.  Threads: one per object.
// Standards: RFC 2046 §4.1.2, RFC 1468 (ISO-2022-JP), RFC 3629 (UTF-8).

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "codec/jis_escapes.h"

struct UConverter;

namespace sekisho::codec {

// Opens the converters of the common charsets now, so that a sandboxed worker finds them.
void open_common_charsets();

constexpr size_t kSpareConvertersMax = 8;

// Keeps a converter for the next decoder that wants one of its name, or closes it.
struct ReturnConverter {
  const char* name = nullptr;
  void operator()(UConverter* converter) const;
};

class CharsetDecoder {
 public:
  CharsetDecoder() { reset({}); }
  CharsetDecoder(const CharsetDecoder&) = delete;  // ICU calls back into this object
  CharsetDecoder& operator=(const CharsetDecoder&) = delete;

  void reset(std::string_view label);
  bool known() const { return known_; }
  void feed(std::string_view in, std::string& utf8_out);
  void finish(std::string& utf8_out);
  size_t replaced() const { return replaced_; }

  // For ICU's callback.
  void count_replaced() { ++replaced_; }
  UConverter* second_converter() const { return second_.get(); }

 private:
  void convert(std::string_view in, bool last, std::string& out);
  void feed_with_ascii(std::string_view in, std::string& out);
  void feed_utf8(std::string_view in, std::string& out);
  void take_held(std::string& out, bool last);
  void bad_byte(unsigned char byte, std::string& out);

  static constexpr size_t kPivotUnits = 1024;

  bool known_ = true;
  bool ascii_is_itself_ = false;
  bool moves_controls_ = false;
  bool jis_ = false;  // escapes_ stands before from_
  size_t replaced_ = 0;
  std::string_view name_;  // ICU's name of from_
  using Converter = std::unique_ptr<UConverter, ReturnConverter>;
  Converter from_;  // null: UTF-8, ASCII and unknown: our own code
  Converter to_;
  Converter second_;  // EUC-JP: for what from_ doesn't know
  JisEscapes escapes_;
  std::string held_;  // UTF-8: a sequence whose end has not come yet; ISO-2022-JP: one feed
  std::array<char16_t, kPivotUnits> pivot_{};
  char16_t* pivot_source_ = nullptr;
  char16_t* pivot_target_ = nullptr;
};

}  // namespace sekisho::codec
