// mail/file_in_text.h: files that stand inside a text: uuencode, "begin-base64", yEnc, BinHex 4.0.
//
//   FileInText f;  f.feed(text, on_event);  …  f.finish(on_event);     // decoded bytes, with names
//   f.look(text);  …  f.seen()                                        // only whether there is one
//
// The text is decoded already (transfer encoding), its charset is not. Of BinHex the data fork is
// given.
//
// Memory: one line (kLineBytesMax) and the decoders' fixed state.  Process: inspector worker.
// Broken input: never fails; what doesn't decode ends the file or is passed over.
// Standards: POSIX uuencode, yEnc draft 1.3, RFC 1741 (BinHex 4.0).

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/transfer_decoder.h"
#include "mail/bin_hex.h"
#include "mail/inner_file.h"

namespace sekisho::mail {

class FileInText {
 public:
  static constexpr size_t kLineBytesMax = 1024;

  using Event = InnerFileEvent;
  using OnEvent = OnInnerFile;

  void reset();
  void feed(std::string_view text, const OnEvent& on_event);
  void finish(const OnEvent& on_event);
  void look(std::string_view text);
  bool seen() const { return seen_; }

 private:
  enum class Form { kNone, kUuencode, kBase64, kYenc, kBinHexComing, kBinHex };

  void take_line(const OnEvent& on_event);
  Form form_of(std::string_view line) const;
  void begin_file(std::string_view line, Form form, const OnEvent& on_event);
  void end_file(const OnEvent& on_event);
  void decode_yenc(std::string_view line);
  void give(const OnEvent& on_event);

  Form form_ = Form::kNone;
  bool seen_ = false;
  bool open_ = false;          // an event kBegin without its kEnd
  bool line_goes_on_ = false;  // line_ is no begin of a line
  bool passing_ = false;       // the rest of this line says nothing
  bool escaped_ = false;       // yEnc
  std::string line_;
  std::string decoded_;
  codec::TransferDecoder base64_;
  BinHex bin_hex_;
};

}  // namespace sekisho::mail
