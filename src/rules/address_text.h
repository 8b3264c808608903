// rules/address_text.h: the addresses or the display names of a header value, for `From:addr`,
// `From:name`.
//
// Reads one RFC 5322 §3.4 address list, leniently, once, without recursion. Give it the raw value:
// in a decoded one, an encoded word could pretend to be an address.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::rules {

enum class AddressPart { kAddress, kName };

// Appends each one and a "\n" to `out`, unfolded, unquoted, still encoded as RFC 2047 has it. An
// address without a display name has the text of its comment for a name, if it has one.
void append_address_parts(std::string_view value, AddressPart part, std::string& out);

}  // namespace sekisho::rules
