// codec/uri_payload.h: data: URIs → bytes, while they stream.
//
// Feed the value of an attribute; type() is known when began() is true, and from then on feed()
// appends the decoded bytes. Percent escapes are read in both forms, base64 as transfer_decoder.h
// reads it.
//
// Memory: kHeadBytesMax.  Output: never longer than the input.  Broken input: never fails.
// Standards: RFC 2397 §2.

#pragma once

#include <string>
#include <string_view>

#include "codec/base64.h"

namespace sekisho::codec {

class UriPayload {
 public:
  static constexpr size_t kHeadBytesMax = 256;  // a longer head is no data: URI

  void reset();
  void feed(std::string_view value, std::string& out);
  void finish(std::string& out);
  bool began() const { return state_ == State::kData; }
  // Of the data; "text/plain" where none is given (RFC 2397 §2).
  const std::string& type() const { return type_; }

 private:
  enum class State { kHead, kData, kOther };

  void head_byte(char c);
  void data(std::string_view bytes, std::string& out);
  void percent_byte(char c, std::string& out);

  State state_ = State::kHead;
  std::string head_;
  std::string type_;
  bool base64_ = false;
  std::string escape_;  // "%" and what came of it
  Base64Decoder decoder_;
};

}  // namespace sekisho::codec
