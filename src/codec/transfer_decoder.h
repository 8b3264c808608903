// codec/transfer_decoder.h: Content-Transfer-Encoding, decoded while it streams.
//
//   TransferDecoder d(parse_transfer_encoding("base64"));
//   d.feed(chunk, out); …; d.finish(out);        // appends to `out`
//
// Reads what mail clients read: base64 with junk, padding in the middle and concatenated blocks;
// quoted-printable with blanks before a soft break and broken escapes (kept as they stand);
// uuencode between "begin" and "end". What was odd is told by defects().
//
// Memory: fixed, one uuencode line at most; feed() adds at most in.size() + 64 bytes to `out`.
// Process: inspector worker.  Broken input: never fails.
// Standards: RFC 2045 §6.7, §6.8; POSIX uuencode.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::codec {

enum class TransferEncoding { kIdentity, kQuotedPrintable, kBase64, kUuencode, kUnknown };

// The value of a Content-Transfer-Encoding field; lenient: comments, quotes, "x-base64", "base64.",
// "quoted_printable", lists and parameters behind it.
TransferEncoding parse_transfer_encoding(std::string_view field_value);

namespace decode_defect {
constexpr unsigned kJunk = 1;           // bytes outside the alphabet
constexpr unsigned kPaddingInside = 2;  // data goes on after base64 padding
constexpr unsigned kTruncated = 4;      // ends inside a group or an escape
constexpr unsigned kBadEscape = 8;      // "=" not followed by two hex digits or a line end
}  // namespace decode_defect

class TransferDecoder {
 public:
  explicit TransferDecoder(TransferEncoding encoding = TransferEncoding::kIdentity) {
    reset(encoding);
  }

  void reset(TransferEncoding encoding);
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  unsigned defects() const { return defects_; }

 private:
  void feed_base64(std::string_view in, std::string& out);
  void base64_byte(unsigned char c, std::string& out);
  void flush_base64(std::string& out);
  void feed_quoted_printable(std::string_view in, std::string& out);
  void quoted_printable_byte(char c, std::string& out);
  void feed_uuencode(std::string_view in, std::string& out);
  void uuencode_line(std::string& out);

  static constexpr size_t kHeldBytesMax = 1024;

  TransferEncoding encoding_ = TransferEncoding::kIdentity;
  unsigned defects_ = 0;
  uint32_t bits_ = 0;    // base64: what is not yet a whole group
  unsigned digits_ = 0;  // base64: digits in bits_
  bool padded_ = false;
  std::string held_;  // quoted-printable: blanks or an escape; uuencode: a line
  bool uu_body_ = false;
};

}  // namespace sekisho::codec
