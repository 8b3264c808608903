// smtp/command.h: one command line of an SMTP client, taken apart.
//
//   ParsedCommand p = parse_command("MAIL FROM:<a@b.example> SIZE=100", {});
//   p.error.code != 0: what to say; p.command.verb is known also then.
//
// Pure. Lenient where mail in the wild is (blanks after the colon and at the end), strict where two
// readers could disagree (control characters, what follows the path). Standards: RFC 5321 §4.1.1,
// §4.1.2, §4.5.3.1; RFC 1870 §6.1, RFC 3030 §2, RFC 6152 §2, RFC 6531 §3.4.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mail/address.h"
#include "smtp/reply.h"

namespace sekisho::smtp {

enum class Verb {
  kHelo,
  kEhlo,
  kMail,
  kRcpt,
  kData,
  kBdat,
  kRset,
  kNoop,
  kQuit,
  kVrfy,
  kHelp,
  kUnimplemented,  // known and not offered: EXPN, TURN, AUTH, STARTTLS, …
  kHttp,           // a browser made to talk to us
  kUnknown,
};

struct Command {
  Verb verb = Verb::kUnknown;
  std::string argument;  // HELO, EHLO: the client's name; VRFY, HELP, NOOP: the text
  std::optional<mail::Address>
      address;               // MAIL: nullopt is "<>"; RCPT: domain "" only for <postmaster>
  uint64_t size = 0;         // MAIL SIZE=, 0 when absent
  bool body8bit = false;     // MAIL BODY=8BITMIME
  bool smtputf8 = false;     // MAIL SMTPUTF8
  uint64_t chunk_bytes = 0;  // BDAT
  bool chunk_last = false;   // BDAT … LAST
};

struct ParsedCommand {
  Command command;
  Reply error;  // code 0: none
};

// `line` without CRLF. `smtputf8`: the transaction has it, so that RCPT may hold UTF-8.
ParsedCommand parse_command(std::string_view line, bool smtputf8);

}  // namespace sekisho::smtp
