// mail/address.h: mail addresses: the envelope's, exactly; a header's, leniently.
//
// Pure.  Broken input: parse_mailbox() gives nothing; parse_address_list() gives what can be read.
// Standards: RFC 5321 §4.1.2 (Mailbox), §4.1.3 (address literals), RFC 6531 §3.3, RFC 5322 §3.4.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::mail {

struct Address {
  std::string local;   // unquoted: what it means, not how it was spelled
  std::string domain;  // lower-case; a literal with its brackets; "" only for <postmaster>

  // local@domain, the local part quoted where it must be.
  std::string text() const;
  bool operator==(const Address&) const = default;
};

// "user@example.com", "\"a b\"@example.com", "user@[192.0.2.1]", UTF-8 in both parts (whether that
// is allowed is for the caller to say). No angle brackets, no source route.
std::optional<Address> parse_mailbox(std::string_view text);

// The addresses of a From or To value, in order: display names, comments and groups are passed
// over.
std::vector<Address> parse_address_list(std::string_view field_value);

}  // namespace sekisho::mail
