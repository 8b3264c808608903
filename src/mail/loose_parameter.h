// mail/loose_parameter.h: all values that some client may read for a parameter of a Content-*
// value.
//
//   find_parameter("multipart/mixed; boundary=\"a\" ; boundary*0=b; boundary*1=c", {"boundary"}, …)
//   → "a", "bc"
//
// Takes the name wherever it stands as a word (in quotes and comments too), and its value quoted,
// bare, up to a ";", up to the line's end, with and without its backslashes and comments; RFC 2231
// sections joined as numbered and as they stand, percent-decoded and not. A parameter that all
// clients read alike gives one value.
//
// Memory: the value, at most kParameterValuesMax findings.  Pure.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::mail {

inline constexpr size_t kParameterValuesMax = 16;

// `names` lower-case. Bytes are as in the value: charsets are given, not decoded, as the prefix
// `charset` of an extended value.
struct LooseValue {
  std::string charset;  // of RFC 2231; "" for none
  std::string bytes;
  bool operator==(const LooseValue&) const = default;
};

void find_parameter(std::string_view raw_value, std::initializer_list<std::string_view> names,
                    std::vector<LooseValue>& out);

}  // namespace sekisho::mail
