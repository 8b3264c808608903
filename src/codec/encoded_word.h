// codec/encoded_word.h: RFC 2047 encoded words in header values → UTF-8.
//
//   decode_encoded_words("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?= 1")  →  "テスト 1"
//
// Unfolds, joins adjacent words (a character may be split between words of one charset, which RFC
// 2047 forbids and many mailers do), takes words that touch other text, "?" and blanks inside, and
// the language suffix of RFC 2231. What is no encoded word stays as it is. Raw bytes beside words
// are read as the charset they speak for (charset_witness.h). CR, LF and NUL out of a word become
// blanks: they would end the field for whoever reads on.
//
// Where a label seems wrong there are two readings: `text` is the labelled one, unless the bytes
// break it; `other` is the second, empty where all clients agree.
//
// Memory: twice the value.  Time: linear.  Process: inspector worker.  Broken input: never fails.
// Standards: RFC 2047 §2, §4, §6.2; RFC 2231 §5.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::codec {

struct HeaderText {
  std::string text;
  std::string other;
};

HeaderText read_header_text(std::string_view field_value);

// The `text` of it.
std::string decode_encoded_words(std::string_view field_value);

}  // namespace sekisho::codec
