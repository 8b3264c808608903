// Addresses: what was parsed and written again is the same address.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "mail/address.h"

using namespace sekisho::mail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto address = parse_mailbox(text))
    SEKISHO_CHECK(parse_mailbox(address->text()) == address);
  for (const Address& address : parse_address_list(text)) {
    SEKISHO_CHECK(!address.domain.empty());
    SEKISHO_CHECK(parse_mailbox(address.text()) == address);
  }
  return 0;
}
