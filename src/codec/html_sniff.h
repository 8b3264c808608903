// codec/html_sniff.h: whether bytes are HTML to a browser, whatever they are called.
//
//   if (looks_like_html(first_bytes)) …         // kHtmlSniffBytes are enough
//
// Pure.  Source: WHATWG MIME Sniffing §7.1 (the first 1,445 bytes; a tag of a list, behind white
// space), with a byte order mark before it; UTF-16 too, also without a mark.

#pragma once

#include <cstddef>
#include <string_view>

namespace sekisho::codec {

inline constexpr size_t kHtmlSniffBytes = 1445;

bool looks_like_html(std::string_view bytes);
// "page.html", "PAGE.XHTML": opened by a browser.
bool is_html_file_name(std::string_view name);

}  // namespace sekisho::codec
