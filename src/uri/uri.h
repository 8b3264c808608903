// uri/uri.h: one URI taken apart and made canonical.
//
//   parse_uri("HTTP://ｗｗｗ.Example.JP:80/%61?x")  →  "http://www.example.jp/a?x"
//
// Lenient as browsers: "\" is "/", white space inside goes, a user name before "@" is told apart
// from the host, the host may be percent-encoded, in Unicode, or an IPv4 address in any of its
// forms (one number, octal, hexadecimal).
//
// Memory: the URI.  Broken input: no value where there is no host.
// Standards: RFC 3986 §3, §5.2, §6.2; WHATWG URL §3.5 (IPv4); UTS 46 (IDN).

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::uri {

struct Uri {
  std::string canonical;  // scheme and host in lower case, A-labels, no default port, no fragment
  std::string scheme;
  std::string host;     // in A-labels; an IPv6 address without brackets
  std::string unicode;  // the host in Unicode, where it differs
  std::string user;     // before "@": often a name that looks like a host
  bool is_address = false;
};

// An absolute URI with a host; none for mailto:, cid: and the like.
std::optional<Uri> parse_uri(std::string_view text);

// "../x" against a base; what has a scheme of its own stays as it is.
std::string resolve(std::string_view base, std::string_view reference);

// "%41" → "A", once. Broken escapes stay.
std::string percent_decoded(std::string_view text);

// A host in lower case and A-labels; empty when it is none.
std::string ascii_host(std::string_view host);
std::string unicode_host(std::string_view ascii);

}  // namespace sekisho::uri
