#include "codec/transfer_decoder.h"

#include <array>

#include "base/bytes.h"
#include "codec/encoded_word.h"

namespace sekisho::codec {
namespace {

constexpr size_t kWordBytesMax = 40;

// A word's encoding, by its letters and digits in lower case; clients take abbreviations.
TransferEncoding encoding_of(std::string_view word) {
  while (word.size() > 1 && word[0] == 'x') word.remove_prefix(1);
  if (word.starts_with("base64")) return TransferEncoding::kBase64;
  if (word.starts_with("quotedp") || word == "qp") return TransferEncoding::kQuotedPrintable;
  if (word.starts_with("uu")) return TransferEncoding::kUuencode;
  if (word.starts_with("yenc")) return TransferEncoding::kYenc;
  if (word.empty() || word == "7bit" || word == "8bit" || word == "binary")
    return TransferEncoding::kIdentity;
  return TransferEncoding::kUnknown;
}

bool changes_bytes(TransferEncoding encoding) {
  return encoding != TransferEncoding::kIdentity && encoding != TransferEncoding::kUnknown;
}

// "Quoted Printable" is one word, "7bit base64" two.
bool ends_word(char c, std::string_view word) {
  return c == ',' || c == ';' || (is_space(c) && encoding_of(word) != TransferEncoding::kUnknown);
}

struct NamedEncodings {
  TransferEncoding first = TransferEncoding::kIdentity;
  TransferEncoding last = TransferEncoding::kIdentity;

  // One that changes bytes wins over those that don't.
  void add(TransferEncoding encoding) {
    if (changes_bytes(encoding) || !changes_bytes(last)) last = encoding;
    if (!changes_bytes(first)) first = encoding;
  }
};

NamedEncodings parse_encodings(std::string_view field_value) {
  std::string decoded;
  if (field_value.find("=?") != std::string_view::npos) {
    decoded = decode_encoded_words(field_value);
    field_value = decoded;
  }
  NamedEncodings named;
  std::string word;
  int comment = 0;
  for (const char c : field_value) {
    if (c == '(') ++comment;
    if (comment > 0) {
      if (c == ')') --comment;
    } else if (ends_word(c, word)) {
      if (word.empty()) continue;
      named.add(encoding_of(word));
      word.clear();
      if (c == ';') return named;  // parameters, which this field doesn't have
    } else if ((is_alpha(c) || is_digit(c)) && word.size() < kWordBytesMax) {
      word += ascii_lower(c);
    }
  }
  if (!word.empty()) named.add(encoding_of(word));
  return named;
}

}  // namespace

TransferEncoding parse_transfer_encoding(std::string_view field_value) {
  return parse_encodings(field_value).first;
}

TransferEncoding parse_last_transfer_encoding(std::string_view field_value) {
  return parse_encodings(field_value).last;
}

void TransferDecoder::reset(TransferEncoding encoding) {
  encoding_ = encoding;
  base64_.reset();
  quoted_.reset();
  uu_.reset();
  yenc_.reset();
}

void TransferDecoder::feed(std::string_view in, std::string& out) {
  switch (encoding_) {
    case TransferEncoding::kBase64:
      return base64_.feed(in, out);
    case TransferEncoding::kQuotedPrintable:
      return quoted_.feed(in, out);
    case TransferEncoding::kUuencode:
      return uu_.feed(in, out);
    case TransferEncoding::kYenc:
      return yenc_.feed(in, out);
    case TransferEncoding::kIdentity:
    case TransferEncoding::kUnknown:
      out.append(in);
      return;
  }
}

void TransferDecoder::finish(std::string& out) {
  if (encoding_ == TransferEncoding::kBase64) base64_.finish(out);
  if (encoding_ == TransferEncoding::kQuotedPrintable) quoted_.finish(out);
  if (encoding_ == TransferEncoding::kUuencode) uu_.finish(out);
  if (encoding_ == TransferEncoding::kYenc) yenc_.finish(out);
}

unsigned TransferDecoder::defects() const {
  return base64_.defects() | quoted_.defects() | uu_.defects() | yenc_.defects();
}

std::string_view TransferDecoder::embedded_name() const {
  return encoding_ == TransferEncoding::kYenc ? yenc_.name() : uu_.name();
}

}  // namespace sekisho::codec
