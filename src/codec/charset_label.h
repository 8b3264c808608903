// codec/charset_label.h: the charset names that mail carries → what reads them.
//
// An allow-list, since ICU opens SCSU and LMBCS as well, which nobody sends but to hide. Case,
// punctuation, quotes and blanks don't count: "ISO_8859-1" is "iso8859-1".
//
// Standards: IANA character sets, WHATWG Encoding for the aliases, RFC 1468, RFC 1554.

#pragma once

#include <string_view>

namespace sekisho::codec {

enum class CharsetKind {
  kUnknown,  // no label that we know
  kUtf8,     // and ASCII, and labels that say nothing
  kIso2022Jp,
  kShiftJis,
  kEucJp,
  kMultiByte,  // any other with more than one byte for a character
  kSingleByte,
};

struct Charset {
  CharsetKind kind = CharsetKind::kUnknown;
  const char* icu_name = "";  // of the converter; "" where our own code reads it
};

// An empty label is kUtf8.
Charset find_charset(std::string_view label);

// Calls `use` with each ICU name once or more.
void for_each_icu_charset(void (*use)(const char* icu_name));

}  // namespace sekisho::codec
