// smtp/path.h: the argument of MAIL FROM: and RCPT TO:, a path in angle brackets and what follows
// it.
//
// A source route (@one,@two:) is read over and ignored (RFC 5321 §4.1.2, appendix C).
// Standards: RFC 5321 §4.1.2, §4.5.1, §4.5.3.1.1–3.

#pragma once

#include <optional>
#include <string_view>

#include "mail/address.h"
#include "smtp/reply.h"

namespace sekisho::smtp {

enum class PathKind { kReverse, kForward };

constexpr size_t kLocalPartBytesMax = 64;  // RFC 5321 §4.5.3.1.1
constexpr size_t kDomainBytesMax = 255;    // RFC 5321 §4.5.3.1.2; a path's limit is narrower
constexpr size_t kPathBytesMax = 256;      // RFC 5321 §4.5.3.1.3, with the brackets

struct ParsedPath {
  std::optional<mail::Address> address;  // nullopt: "<>", for kReverse alone
  std::string_view rest;                 // after '>'
  bool ascii = true;
  Reply error;  // code 0: none
};

ParsedPath parse_path(std::string_view text, PathKind kind);

}  // namespace sekisho::smtp
