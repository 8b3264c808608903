// mail/plain_value.h: a Content-* value that all clients read alike, taken apart without a copy.
//
//   auto v = parse_plain_value(" text/html;\r\n charset=utf-8");  v->word "text/html",
//   v->get("charset")
//
// Nearly all mail has such values, and reading them costs no memory. Given is what header.h's
// parsers and loose_header.h's finders find too (the fuzzer holds it to that); nullopt for anything
// that one of them may read otherwise: comments, escapes, sections, encoded words, 8-bit bytes,
// names that come twice or stand inside values.
//
// Memory: none; views of the value.  Pure.  Standard: RFC 2045 §5.1, the part of it that is used.

#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace sekisho::mail {

struct PlainValue {
  static constexpr size_t kParametersMax = 8;
  static constexpr size_t kValueBytesMax = 200;

  struct Parameter {
    std::string_view name, value;
  };
  std::string_view word;  // as spelled: "text/html", "attachment"
  std::array<Parameter, kParametersMax> parameters;
  size_t count = 0;

  // "" when there is none.
  std::string_view get(std::string_view name) const;
};

std::optional<PlainValue> parse_plain_value(std::string_view raw_value);
// One whose word is a type and a subtype.
std::optional<PlainValue> parse_plain_type(std::string_view raw_value);

}  // namespace sekisho::mail
