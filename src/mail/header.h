// mail/header.h: structured header values: Content-Type, Content-Disposition and their parameters.
//
//   ContentType t = parse_content_type("Text/HTML; charset=\"ISO-2022-JP\"; name*0*=utf-8''%E3;
//   name*1*=%83%86"); t.type == "text/html", t.parameter("charset") == "ISO-2022-JP",
//   t.parameter("name") == "テ"
//
// Parameters come decoded to UTF-8: RFC 2231 continuations and charsets, RFC 2047 words where
// mailers put them against the rules, raw 8-bit bytes. Comments and quoting anywhere. The first of
// two equal names counts.
//
// Memory: the value, at most kParametersMax parameters.  Pure.  Broken input: never fails.
// Standards: RFC 2045 §5.1, RFC 2183 §2, RFC 2231 §3, §4.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sekisho::mail {

inline constexpr size_t kParametersMax = 100;

struct Parameters {
  std::vector<std::pair<std::string, std::string>> list;  // name lower-case; value decoded

  // "" when there is none.
  std::string_view get(std::string_view name) const;
};

struct ContentType {
  std::string type;  // "text/html", lower-case; "" when the value names none
  Parameters parameters;
};

struct ContentDisposition {
  std::string disposition;  // "attachment", lower-case
  Parameters parameters;
};

ContentType parse_content_type(std::string_view value);
ContentDisposition parse_content_disposition(std::string_view value);

// The bytes behind RFC 2231's percent signs.
std::string percent_decoded(std::string_view text);
std::string to_utf8(std::string_view charset, std::string_view bytes);

// The value without its line ends (RFC 5322 §2.2.3).
std::string unfold(std::string_view raw_value);

}  // namespace sekisho::mail
