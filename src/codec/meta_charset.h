// codec/meta_charset.h: the charset that an HTML page states in its first bytes, as browsers look
// for it.
//
//   std::string label = meta_charset(first_bytes);  // kMetaCharsetBytes are enough
//
// <meta charset>, <meta http-equiv=content-type>, or the encoding of an XML declaration, wherever
// they stand but in comments and in other tags. Empty: none. A page that says so in ASCII is no
// UTF-16: that is "utf-8".
//
// Pure.  Standards: WHATWG HTML §13.2.3.2 (the prescan).

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sekisho::codec {

inline constexpr size_t kMetaCharsetBytes = 1024;

std::string meta_charset(std::string_view first_bytes);

}  // namespace sekisho::codec
