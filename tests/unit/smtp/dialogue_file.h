// A dialogue file: what a client sends, what must come back, and what the next hop sees.
//
//   # spec: RFC 5321 §4.1.1.4     the first line; a sentence why follows
//   O: recipients_max = 2         a setting of the session
//   H: RCPT 550 5.1.1 Nobody      the next hop's answer to the next such command (BANNER EHLO LHLO
//   HELO MAIL RCPT
//                                 DATA BODY END RSET); "H: END drop" hangs up; "H: lmtp" changes
//                                 the protocol;
//                                 "\n" parts the lines of a reply
//   V: 554 5.7.1 Virus            our verdict on the next message; "V: MAIL 451 4.7.1 Later" our
//   answer to MAIL (RCPT,
//                                 DATA). Without it mail is handed to the next hop.
//   C: NOOP                       a line of the client; {x*70} stands for 70 x
//   C| a\nb\x00\r\n               raw bytes
//   T: +5m                        time passes (s, m)
//   S: 250 ...                    a reply: "..." stands for the rest, and "250 ..." for all lines
//   of one reply S: (closed)                   we closed N: MAIL FROM:<a@b.example>    a line that
//   the next hop gets, greetings and QUIT left out; "N: (nothing)".
//                                 Where a file has none, what the hop gets is not looked at.
// The greeting is left out unless the file begins with S:.

#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "smtp/server_session.h"

namespace sekisho::smtp {

struct DialogueStep {
  enum class Kind { kInput, kExpect, kTime } kind;
  std::string text;
  std::chrono::seconds time{};
};

using Answers = std::map<std::string, std::queue<std::string>>;  // by verb

struct Dialogue {
  ServerOptions options;
  std::vector<DialogueStep> steps;
  Answers hop_answers;
  bool hop_is_lmtp = false;
  Answers verdicts;
  bool expects_hop = false;
  std::vector<std::string> hop_lines;
  std::string mistake;  // in the file itself
};

Dialogue read_dialogue(const std::filesystem::path& path);
std::string unescape(const std::string& text);
std::string escape(std::string_view bytes);

}  // namespace sekisho::smtp
