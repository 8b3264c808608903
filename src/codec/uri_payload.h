// codec/uri_payload.h: data: URIs → bytes, while they stream.
//
// Feed the value of an attribute; type() and charset() are known when began() is true, and from
// then on feed() appends the decoded bytes. Percent escapes are read in both forms, base64 as
// transfer_decoder.h reads it. The head may be of any length.
//
// Memory: kFieldBytesMax for each of the two, and of the parameter that is being read.  Output:
// never longer than the input.  Broken input: never fails. Standards: RFC 2397 §2.

#pragma once

#include <string>
#include <string_view>

#include "codec/base64.h"

namespace sekisho::codec {

class UriPayload {
 public:
  static constexpr size_t kFieldBytesMax = 128;  // a longer type or parameter is cut

  void reset();
  void feed(std::string_view value, std::string& out);
  void finish(std::string& out);
  bool began() const { return state_ == State::kData; }
  // Of the data; "text/plain" where none is given (RFC 2397 §2).
  const std::string& type() const { return type_; }
  const std::string& charset() const { return charset_; }  // as given, in lower case

 private:
  enum class State { kScheme, kType, kParameter, kData, kOther };

  void head_byte(char c);
  void field_end();
  void data(std::string_view bytes, std::string& out);
  void percent_byte(char c, std::string& out);

  State state_ = State::kScheme;
  std::string field_;  // the scheme, the type or the parameter that is being read
  std::string type_, charset_;
  bool base64_ = false;
  std::string escape_;  // "%" and what came of it
  Base64Decoder decoder_;
};

}  // namespace sekisho::codec
