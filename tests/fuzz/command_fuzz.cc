// parse_command() on arbitrary lines: what is accepted keeps the limits, holds no control
// character, and reads the same again when written out.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "smtp/command.h"
#include "smtp/path.h"

using namespace sekisho::smtp;

namespace {

bool has_control(std::string_view s) {
  for (char c : s)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return true;
  return false;
}

void check_address(const Command& command, bool smtputf8) {
  if (!command.address) {
    SEKISHO_CHECK(command.verb == Verb::kMail);
    return;
  }
  const std::string text = command.address->text();
  SEKISHO_CHECK(!text.empty() && !has_control(text));
  SEKISHO_CHECK(command.address->domain.size() <= kDomainBytesMax);
  const bool mail = command.verb == Verb::kMail;
  const std::string line =
      (mail ? "MAIL FROM:<" : "RCPT TO:<") + text + (mail && smtputf8 ? "> SMTPUTF8" : ">");
  const ParsedCommand again = parse_command(line, smtputf8);
  // Quoting may spell a local part longer than it came: only then is it refused.
  if (again.error.code == 501) return;
  SEKISHO_CHECK(again.error.code == 0 && again.command.address == command.address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const bool smtputf8 = bytes[0] & 1;
  const std::string line(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const ParsedCommand parsed = parse_command(line, smtputf8);
  if (parsed.error.code != 0) {
    SEKISHO_CHECK(parsed.error.code == 421 || parsed.error.permanent());
    SEKISHO_CHECK(!parsed.error.enhanced.empty() && !parsed.error.text.empty());
    return 0;
  }
  const Command& command = parsed.command;
  SEKISHO_CHECK(command.verb != Verb::kUnknown && command.verb != Verb::kHttp &&
                command.verb != Verb::kUnimplemented);
  if (command.verb == Verb::kHelo || command.verb == Verb::kEhlo)
    SEKISHO_CHECK(!command.argument.empty() && command.argument.size() <= kDomainBytesMax &&
                  !has_control(command.argument));
  if (command.verb == Verb::kMail) check_address(command, command.smtputf8);
  if (command.verb == Verb::kRcpt) check_address(command, smtputf8);
  return 0;
}
