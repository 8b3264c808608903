// smtp/reply.h: one SMTP or LMTP reply, as said by us or by a next hop.
//
//   Reply{550, "5.1.1", "No such mailbox"}.wire()  →  "550 5.1.1 No such mailbox\r\n"
//   parse_reply("550 5.1.1 No such mailbox")       →  the same Reply
//
// The text may come from a stranger (a next hop's words are passed on), so wire() lets only
// printable ASCII out and cuts each line: a reply can't carry a second reply. Standards: RFC 5321
// §4.2, §4.5.3.1.5; RFC 2034 §4.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::smtp {

constexpr size_t kReplyLineBytesMax = 512;  // RFC 5321 §4.5.3.1.5, with CRLF

struct Reply {
  int code = 0;          // 0: no reply
  std::string enhanced;  // "5.1.1", or ""
  std::string text;      // lines parted by '\n', without codes

  bool positive() const { return code >= 200 && code < 300; }
  bool temporary() const { return code >= 400 && code < 500; }
  bool permanent() const { return code >= 500 && code < 600; }

  std::string wire() const;     // all lines with code and CRLF
  std::string summary() const;  // "550 5.1.1 first line" for logs and for passing on, one line

  bool operator==(const Reply&) const = default;
};

// "550 5.1.1 text" or "550 text"; lines parted by LF or CRLF may repeat the code. nullopt without a
// code 200–599.
std::optional<Reply> parse_reply(std::string_view text);

// Takes "5.1.1 " off the front of `text` where it is an enhanced code of the class of `code`;
// otherwise "".
std::string take_enhanced_code(int code, std::string_view& text);

}  // namespace sekisho::smtp
