#include "uri/uri.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace sekisho::uri {
namespace {

constexpr size_t kHostBytesMax = 253;     // RFC 1035 §2.3.4
constexpr size_t kHostWrittenMax = 1024;  // percent-encoded, in Unicode
constexpr uint64_t kAddressEnd = uint64_t{1} << 32;

struct CloseIdna {
  void operator()(UIDNA* idna) const { uidna_close(idna); }
};

const UIDNA* idna() {
  static const std::unique_ptr<UIDNA, CloseIdna> opened = [] {
    UErrorCode error = U_ZERO_ERROR;
    const uint32_t options = UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE;
    return std::unique_ptr<UIDNA, CloseIdna>(uidna_openUTS46(options, &error));
  }();
  return opened.get();
}

using Convert = int32_t (*)(const UIDNA*, const char*, int32_t, char*, int32_t, UIDNAInfo*,
                            UErrorCode*);

std::string by_idna(Convert convert, std::string_view host) {
  std::array<char, kHostWrittenMax * 4> made;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t size = convert(idna(), host.data(), static_cast<int32_t>(host.size()), made.data(),
                               static_cast<int32_t>(made.size()), &info, &error);
  // Broken labels keep U+FFFD in the answer and are still worth comparing; other names are not.
  if (U_FAILURE(error) || size > static_cast<int32_t>(made.size())) return {};
  return std::string(made.data(), static_cast<size_t>(size));
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_scheme_character(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

// Length of the scheme before ":"; 0 when there is none.
size_t scheme_length(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_scheme_character(text[at])) ++at;
  return at > 0 && at < text.size() && text[at] == ':' && is_alpha(text[0]) ? at : 0;
}

// One number of an IPv4 address: decimal, octal with "0", hexadecimal with "0x".
std::optional<uint64_t> address_number(std::string_view text) {
  int base = 10;
  if (starts_with_ignore_case(text, "0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  if (text.empty()) return base == 16 ? std::optional<uint64_t>(0) : std::nullopt;
  uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// Dotted decimal of an IPv4 address in any form (WHATWG URL §3.5); empty when it is none.
std::string dotted_address(std::string_view host) {
  std::vector<uint64_t> numbers;
  while (!host.empty()) {
    const std::string_view part = host.substr(0, host.find('.'));
    const auto number = address_number(part);
    if (!number || numbers.size() == 4) return {};
    numbers.push_back(*number);
    host.remove_prefix(std::min(host.size(), part.size() + 1));
  }
  if (numbers.empty()) return {};
  uint64_t address = 0;
  for (size_t i = 0; i + 1 < numbers.size(); ++i) {
    if (numbers[i] > 255) return {};
    address |= numbers[i] << (24 - 8 * i);
  }
  if (numbers.back() >= kAddressEnd >> (8 * (numbers.size() - 1))) return {};
  address |= numbers.back();
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (!out.empty()) out += '.';
    out += std::to_string(address >> shift & 0xFF);
  }
  return out;
}

bool is_host_character(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c < 0;
}

// Letters, digits, hyphens: IDNA would give them back in lower case.
bool is_plain_host(std::string_view host) {
  return host.size() <= kHostBytesMax && std::all_of(host.begin(), host.end(), [](char c) {
           return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
         });
}

// White space and controls inside go; "\" is "/" up to the query.
std::string without_blanks(std::string_view text) {
  std::string out;
  bool query = false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ') continue;
    query |= c == '?' || c == '#';
    out += c == '\\' && !query ? '/' : c;
  }
  return out;
}

// RFC 3986 §6.2.2.2: escapes of unreserved characters go, the others are in upper case.
std::string normal_path(std::string_view path) {
  std::string out;
  for (size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '%' || at + 2 >= path.size() || hex_value(path[at + 1]) < 0 ||
        hex_value(path[at + 2]) < 0) {
      out += path[at];
      continue;
    }
    const char c = static_cast<char>(hex_value(path[at + 1]) << 4 | hex_value(path[at + 2]));
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
    at += 2;
  }
  return out;
}

bool read_host(std::string_view written, Uri& uri) {
  if (written.starts_with('[')) {
    if (!written.ends_with(']')) return false;
    uri.host = to_lower(written.substr(1, written.size() - 2));
    uri.is_address = true;
    return uri.host.find(':') != std::string::npos &&
           uri.host.find_first_not_of("0123456789abcdef:.") == std::string::npos;
  }
  uri.host = ascii_host(percent_decoded(written));
  while (uri.host.ends_with('.')) uri.host.pop_back();
  if (uri.host.empty()) return false;
  if (std::string address = dotted_address(uri.host); !address.empty()) {
    uri.host = std::move(address);
    uri.is_address = true;
    return true;
  }
  std::string unicode = unicode_host(uri.host);
  if (unicode != uri.host) uri.unicode = std::move(unicode);
  return true;
}

bool is_default_port(std::string_view scheme, std::string_view port) {
  return port.empty() || (scheme == "http" && port == "80") ||
         (scheme == "https" && port == "443") || (scheme == "ftp" && port == "21");
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
        hex_value(text[at + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[at + 1]) << 4 | hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string ascii_host(std::string_view host) {
  if (host.empty() || host.size() > kHostWrittenMax) return {};
  if (is_plain_host(host)) {
    std::string lower = to_lower(host);
    if (lower.find("xn--") == std::string::npos) return lower;
  }
  std::string made = by_idna(uidna_nameToASCII_UTF8, host);
  const bool clean = std::all_of(made.begin(), made.end(), is_host_character);
  if (!clean || made.size() > kHostBytesMax + 1) return {};
  return to_lower(made);
}

std::string unicode_host(std::string_view ascii) {
  if (ascii.find("xn--") == std::string_view::npos) return std::string(ascii);
  return by_idna(uidna_nameToUnicodeUTF8, ascii);
}

std::optional<Uri> parse_uri(std::string_view text) {
  const std::string cleaned = without_blanks(text);
  std::string_view rest = cleaned;
  Uri uri;
  const size_t scheme = scheme_length(rest);
  if (scheme == 0) return std::nullopt;
  uri.scheme = to_lower(rest.substr(0, scheme));
  if (uri.scheme == "hxxp" || uri.scheme == "hxxps") uri.scheme.replace(1, 2, "tt");
  rest.remove_prefix(scheme + 1);
  const bool web = uri.scheme == "http" || uri.scheme == "https" || uri.scheme == "ftp";
  if (!web && !rest.starts_with("//")) return std::nullopt;
  while (rest.starts_with('/')) rest.remove_prefix(1);  // browsers take any number for the web
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority.size());
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    uri.user = percent_decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  const size_t address_end = authority.starts_with('[') ? authority.find(']') : 0;
  if (address_end == std::string_view::npos) return std::nullopt;
  const size_t colon = std::min(authority.find(':', address_end), authority.size());
  std::string_view port = authority.substr(std::min(colon + 1, authority.size()));
  port = port.substr(0, port.find_first_not_of("0123456789"));
  authority = authority.substr(0, colon);
  if (!read_host(authority, uri)) return std::nullopt;
  const bool brackets = uri.host.find(':') != std::string::npos;
  uri.canonical = uri.scheme + "://" + (brackets ? "[" + uri.host + "]" : uri.host);
  if (!is_default_port(uri.scheme, port)) uri.canonical += ":" + std::string(port);
  const std::string path = normal_path(rest.substr(0, rest.find('#')));
  if (!path.starts_with('/')) uri.canonical += '/';
  uri.canonical += path;
  return uri;
}

std::string resolve(std::string_view base, std::string_view reference) {
  reference = trim(reference);
  const size_t base_scheme = scheme_length(base);
  if (scheme_length(reference) > 0 || base_scheme == 0) return std::string(reference);
  if (reference.starts_with("//"))
    return std::string(base.substr(0, base_scheme + 1)).append(reference);
  const size_t authority = base.substr(base_scheme).starts_with("://") ? base_scheme + 3 : 0;
  const size_t path = std::min(base.find_first_of("/?#", authority), base.size());
  std::string_view kept = base.substr(0, path);
  std::string_view old_path = base.substr(path, base.find_first_of("?#", path) - path);
  if (reference.empty() || reference.starts_with('#')) return std::string(base);
  if (reference.starts_with('/')) return std::string(kept).append(reference);
  if (reference.starts_with('?')) return std::string(kept).append(old_path).append(reference);
  old_path = old_path.substr(0, old_path.rfind('/') + 1);
  while (reference.starts_with("./") || reference.starts_with("../")) {
    const bool up = reference.starts_with("../");
    reference.remove_prefix(up ? 3 : 2);
    if (!up || old_path.size() < 2) continue;
    old_path.remove_suffix(1);
    old_path = old_path.substr(0, old_path.rfind('/') + 1);
  }
  return std::string(kept).append(old_path.empty() ? "/" : old_path).append(reference);
}

}  // namespace sekisho::uri
