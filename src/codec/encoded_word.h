// codec/encoded_word.h: RFC 2047 encoded words in header values → UTF-8.
//
//   decode_encoded_words("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?= 1")  →  "テスト 1"
//
// Unfolds, joins adjacent words (a character may be split between words of one charset, which RFC
// 2047 forbids and many mailers do), takes words that touch other text, raw 8-bit bytes beside them
// (UTF-8 where valid, else Windows-1252) and the language suffix of RFC 2231. What is no encoded
// word stays as it is.
//
// Memory: the value.  Process: inspector worker.  Broken input: never fails.
// Standards: RFC 2047 §2, §4, §6.2; RFC 2231 §5.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::codec {

std::string decode_encoded_words(std::string_view field_value);

}  // namespace sekisho::codec
