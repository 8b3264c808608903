// codec/transfer_decoder.h: Content-Transfer-Encoding, decoded while it streams.
//
//   TransferDecoder d(parse_transfer_encoding("base64"));
//   d.feed(chunk, out); …; d.finish(out);        // appends to `out`
//
// Reads what mail clients read: base64 with junk, padding in the middle and concatenated blocks;
// quoted-printable with blanks before a soft break and broken escapes; uuencode and yEnc with text
// around. What was odd is told by defects(): then other clients may read other bytes, as
// loose_decoder.h does.
//
// Memory: fixed, one line of 1,024 bytes at most.  Output: never longer than the input so far; one
// feed() adds at most in.size() + 1,024 bytes.  Process: inspector worker.  Broken input: never
// fails.  Standards: RFC 2045 §6.7, §6.8; POSIX uuencode; yEnc 1.3.

#pragma once

#include <string>
#include <string_view>

#include "codec/base64.h"
#include "codec/decode_defect.h"
#include "codec/quoted_printable.h"
#include "codec/uuencode.h"
#include "codec/yenc.h"

namespace sekisho::codec {

enum class TransferEncoding { kIdentity, kQuotedPrintable, kBase64, kUuencode, kYenc, kUnknown };

// The value of a Content-Transfer-Encoding field; lenient: comments, quotes, "x-base64", "base64.",
// "quoted_printable", parameters behind it. Of a list, the first that changes bytes.
TransferEncoding parse_transfer_encoding(std::string_view field_value);

// The last of the list that changes bytes, which some clients take.
TransferEncoding parse_last_transfer_encoding(std::string_view field_value);

class TransferDecoder {
 public:
  explicit TransferDecoder(TransferEncoding encoding = TransferEncoding::kIdentity) {
    reset(encoding);
  }

  void reset(TransferEncoding encoding);
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  unsigned defects() const;
  // The name inside uuencode or yEnc, of the file begun last.
  std::string_view embedded_name() const;

 private:
  TransferEncoding encoding_ = TransferEncoding::kIdentity;
  Base64Decoder base64_;
  QuotedPrintableDecoder quoted_;
  UuDecoder uu_;
  YencDecoder yenc_;
};

}  // namespace sekisho::codec
