#include "config/domain_name.h"

#include <unicode/uidna.h>

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::config {
namespace {

constexpr size_t kDomainBytesMax = 253;  // 255 octets on the wire (RFC 1035 §2.3.4)
constexpr size_t kLabelBytesMax = 63;
constexpr size_t kLocalBytesMax = 64;  // RFC 5321 §4.5.3.1.1

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

// Opened once and kept: a const UIDNA may be shared by threads.
const UIDNA* idna() {
  static const UIDNA* const shared = [] {
    UErrorCode code = U_ZERO_ERROR;
    return uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                           &code);
  }();
  return shared;
}

std::optional<std::string> to_a_labels(std::string_view text) {
  // A U-label is at most 4 bytes per character of an A-label, so longer text can't become a name.
  if (text.size() > 4 * kDomainBytesMax || idna() == nullptr) return std::nullopt;
  char ascii[kDomainBytesMax + 1];
  UIDNAInfo outcome = UIDNA_INFO_INITIALIZER;
  UErrorCode code = U_ZERO_ERROR;
  const int32_t length = uidna_nameToASCII_UTF8(
      idna(), text.data(), static_cast<int32_t>(text.size()), ascii, sizeof ascii, &outcome, &code);
  if (U_FAILURE(code) || outcome.errors != 0 || length <= 0) return std::nullopt;
  return std::string(ascii, static_cast<size_t>(length));
}

// Underscores are no host names, but mail domains with them exist.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
         });
}

bool is_ascii_domain(std::string_view name) {
  if (name.size() > kDomainBytesMax) return false;
  for (;;) {
    const size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::string> to_domain_name(std::string_view text) {
  if (is_ascii(text)) return is_ascii_domain(text) ? std::optional(to_lower(text)) : std::nullopt;
  std::optional<std::string> name = to_a_labels(text);
  if (!name || !is_ascii_domain(*name)) return std::nullopt;
  return to_lower(*name);
}

std::string local_part_mistake(std::string_view local) {
  if (local.empty()) return "has no name; write what stands before the @";
  if (local.size() > kLocalBytesMax)
    return "has a name longer than 64 bytes, which no server must take (RFC 5321 §4.5.3.1.1); "
           "shorten it";
  for (const char c : local) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return "holds a control character; remove it";
    if (c == '@') return "holds an @; write only what stands before the @";
    // The name becomes a folder of the Maildir store.
    if (c == '/') return "holds a /, which a folder's name can't; remove it";
  }
  if (local.front() == '.') return "starts with a dot; remove it";
  return "";
}

NamedAddress split_address(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string address_mistake(std::string_view text) {
  const NamedAddress address = split_address(text);
  std::string mistake = local_part_mistake(address.local);
  if (mistake.empty() && address.domain && !to_domain_name(*address.domain))
    mistake = "has no valid domain behind the @; write it like admin@example.net";
  return mistake;
}

bool is_reserved_local(std::string_view local) {
  return equals_ignore_case(local, "postmaster") || equals_ignore_case(local, "nobody");
}

}  // namespace sekisho::config
