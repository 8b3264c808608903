// config/domain_name.h: names of domains and local parts, in the one spelling they are compared in.
//
// A domain is compared as lower-case A-labels, so 日本.example, its Punycode form and any case of
// both are one domain. Local parts stay as written; whether case counts is a setting of the domain.
//
// Broken input: no name (nullopt) or the mistake in words; never a failure.
// Standards: RFC 5890 §2.3.2.1, UTS #46 (non-transitional), RFC 5321 §4.5.3.1.1, §4.5.3.1.2, RFC
// 6531 §3.2. Threads: any.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::config {

// The lower-case A-label form; nullopt where it can't be the name of a domain (an address literal
// is none).
std::optional<std::string> to_domain_name(std::string_view text);

// "" for a local part that an administrator may define, else what it does wrong and what to do
// instead: "holds an @; write only ...". The text is unquoted: `john doe` stands for "john
// doe"@example.test.
std::string local_part_mistake(std::string_view local);

struct NamedAddress {
  std::string_view local;
  std::optional<std::string_view> domain;  // nullopt: of the domain that says it
};

// Splits at the last "@", since a local part may hold one.
NamedAddress split_address(std::string_view text);

// "" for "local" or "local@domain", else the mistake.
std::string address_mistake(std::string_view text);

// `postmaster` and `nobody` in any case (RFC 5321 §4.5.1); always the administrator's.
bool is_reserved_local(std::string_view local);

}  // namespace sekisho::config
