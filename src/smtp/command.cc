#include "smtp/command.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "smtp/path.h"

namespace sekisho::smtp {
namespace {

struct VerbName {
  std::string_view name;
  Verb verb;
};

constexpr VerbName kVerbs[] = {
    {"MAIL", Verb::kMail},
    {"RCPT", Verb::kRcpt},
    {"DATA", Verb::kData},
    {"BDAT", Verb::kBdat},
    {"EHLO", Verb::kEhlo},
    {"HELO", Verb::kHelo},
    {"RSET", Verb::kRset},
    {"NOOP", Verb::kNoop},
    {"QUIT", Verb::kQuit},
    {"VRFY", Verb::kVrfy},
    {"HELP", Verb::kHelp},
    // RFC 5321 §4.2.4: known, and not implemented here
    {"EXPN", Verb::kUnimplemented},
    {"AUTH", Verb::kUnimplemented},
    {"STARTTLS", Verb::kUnimplemented},
    {"TURN", Verb::kUnimplemented},
    {"ATRN", Verb::kUnimplemented},
    {"ETRN", Verb::kUnimplemented},
    {"SEND", Verb::kUnimplemented},
    {"SOML", Verb::kUnimplemented},
    {"SAML", Verb::kUnimplemented},
    {"BURL", Verb::kUnimplemented},
    {"LHLO", Verb::kUnimplemented},
    // HTTP methods: a web page can make a browser post a whole SMTP dialogue to port 25
    {"GET", Verb::kHttp},
    {"POST", Verb::kHttp},
    {"PUT", Verb::kHttp},
    {"HEAD", Verb::kHttp},
    {"DELETE", Verb::kHttp},
    {"OPTIONS", Verb::kHttp},
    {"CONNECT", Verb::kHttp},
    {"PATCH", Verb::kHttp},
    {"TRACE", Verb::kHttp},
};

Verb find_verb(std::string_view word) {
  const auto found = std::find_if(std::begin(kVerbs), std::end(kVerbs), [word](const VerbName& v) {
    return equals_ignore_case(v.name, word);
  });
  return found == std::end(kVerbs) ? Verb::kUnknown : found->verb;
}

// The next word of `text`, which begins behind it afterwards.
std::string_view take_word(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

bool parse_number(std::string_view text, uint64_t& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  return !text.empty() && stop == end && fault == std::errc();
}

Reply syntax_error(std::string text) { return {501, "5.5.4", std::move(text)}; }

// RFC 5321 §4.1.1.1: a domain or an address literal. Lenient on the letters of a name (underscores
// are common, UTF-8 comes from RFC 6531 §3.2 clients), strict on what could disturb a Received
// field or a log line.
bool is_hello_name(std::string_view name) {
  if (name.empty() || name.size() > kDomainBytesMax) return false;
  const bool literal = name.front() == '[';
  if (literal && (name.size() < 3 || name.back() != ']')) return false;
  if (literal) name = name.substr(1, name.size() - 2);
  return std::all_of(name.begin(), name.end(), [literal](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
           static_cast<signed char>(c) < 0 || (c == ':' && literal);
  });
}

Reply parse_hello(std::string_view rest, Command& command) {
  const std::string_view name = take_word(rest);
  if (!is_hello_name(name) || !trim(rest).empty())
    return {501, "5.5.2", "Syntax: a domain or [address] must follow"};
  command.argument = std::string(name);
  return {};
}

struct ParameterFlags {
  bool size = false, body = false, smtputf8 = false;
};

Reply parse_mail_parameter(std::string_view word, Command& command, ParameterFlags& seen) {
  const size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  const bool has_value = equals != std::string_view::npos;
  const std::string_view value = has_value ? word.substr(equals + 1) : std::string_view();
  if (equals_ignore_case(name, "SIZE")) {
    // RFC 1870 §4: 1*20DIGIT. What does not fit is larger than any limit.
    if (std::exchange(seen.size, true) || value.empty() || value.size() > 20 ||
        !std::all_of(value.begin(), value.end(), is_digit))
      return syntax_error("Bad SIZE parameter");
    if (!parse_number(value, command.size)) command.size = UINT64_MAX;
    return {};
  }
  if (equals_ignore_case(name, "BODY")) {
    if (std::exchange(seen.body, true) || value.empty()) return syntax_error("Bad BODY parameter");
    command.body8bit = equals_ignore_case(value, "8BITMIME");
    if (command.body8bit || equals_ignore_case(value, "7BIT")) return {};
    return {555, "5.5.4", "BODY type is not supported"};
  }
  if (equals_ignore_case(name, "SMTPUTF8")) {
    // RFC 6531 §3.4: the parameter has no value
    if (std::exchange(seen.smtputf8, true) || has_value)
      return syntax_error("Bad SMTPUTF8 parameter");
    command.smtputf8 = true;
    return {};
  }
  return {555, "5.5.4", "MAIL parameter is not supported"};  // RFC 5321 §4.1.1.11
}

// "FROM:" or "TO:" at the front, blanks before the colon tolerated.
bool take_keyword(std::string_view& rest, std::string_view keyword) {
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  if (!starts_with_ignore_case(rest, keyword)) return false;
  rest.remove_prefix(keyword.size());
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  if (!rest.starts_with(':')) return false;
  rest.remove_prefix(1);
  return true;
}

Reply take_path(std::string_view& rest, PathKind kind, Command& command, bool& ascii) {
  ParsedPath path = parse_path(rest, kind);
  if (path.error.code != 0) return path.error;
  if (!path.rest.empty() && !is_blank(path.rest.front()))
    return syntax_error("Text after the closing >");
  command.address = std::move(path.address);
  ascii = path.ascii;
  rest = path.rest;
  return {};
}

// RFC 6531 §3.5
Reply not_ascii() { return {553, "5.6.7", "Address is not ASCII and SMTPUTF8 was not requested"}; }

Reply parse_mail(std::string_view rest, Command& command) {
  if (!take_keyword(rest, "FROM")) return syntax_error("Syntax: MAIL FROM:<address>");
  bool ascii = true;
  if (Reply error = take_path(rest, PathKind::kReverse, command, ascii); error.code != 0)
    return error;
  ParameterFlags seen;
  for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest))
    if (Reply error = parse_mail_parameter(word, command, seen); error.code != 0) return error;
  return ascii || command.smtputf8 ? Reply() : not_ascii();
}

Reply parse_rcpt(std::string_view rest, bool smtputf8, Command& command) {
  if (!take_keyword(rest, "TO")) return syntax_error("Syntax: RCPT TO:<address>");
  bool ascii = true;
  if (Reply error = take_path(rest, PathKind::kForward, command, ascii); error.code != 0)
    return error;
  if (!trim(rest).empty()) return {555, "5.5.4", "RCPT parameter is not supported"};
  return ascii || smtputf8 ? Reply() : not_ascii();
}

Reply parse_bdat(std::string_view rest, Command& command) {
  const std::string_view bytes = take_word(rest);
  const std::string_view last = take_word(rest);
  command.chunk_last = equals_ignore_case(last, "LAST");
  if (!parse_number(bytes, command.chunk_bytes) || !(last.empty() || command.chunk_last) ||
      !trim(rest).empty())
    return syntax_error("Syntax: BDAT size [LAST]");
  return {};
}

Reply parse_arguments(std::string_view rest, bool smtputf8, Command& command) {
  switch (command.verb) {
    case Verb::kHelo:
    case Verb::kEhlo:
      return parse_hello(rest, command);
    case Verb::kMail:
      return parse_mail(rest, command);
    case Verb::kRcpt:
      return parse_rcpt(rest, smtputf8, command);
    case Verb::kBdat:
      return parse_bdat(rest, command);
    case Verb::kData:
    case Verb::kRset:
    case Verb::kQuit:
      return trim(rest).empty() ? Reply() : syntax_error("No argument is allowed");
    case Verb::kVrfy:
      command.argument = std::string(trim(rest));
      return command.argument.empty() ? syntax_error("Syntax: VRFY address") : Reply();
    case Verb::kNoop:
    case Verb::kHelp:
      command.argument = std::string(trim(rest));
      return {};
    case Verb::kUnimplemented:
      return {502, "5.5.1", "Command is not implemented"};
    case Verb::kHttp:
      return {421, "4.7.0", "This is not a web server"};
    case Verb::kUnknown:
      break;
  }
  return {500, "5.5.2", "Command not recognized"};
}

}  // namespace

ParsedCommand parse_command(std::string_view line, bool smtputf8) {
  ParsedCommand parsed;
  const bool printable = std::all_of(line.begin(), line.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
  });
  if (!printable) {
    parsed.error = {500, "5.5.2", "Control character in command"};
    return parsed;
  }
  std::string_view rest = line;
  parsed.command.verb =
      is_blank(line.empty() ? 'x' : line.front()) ? Verb::kUnknown : find_verb(take_word(rest));
  parsed.error = parse_arguments(rest, smtputf8, parsed.command);
  return parsed;
}

}  // namespace sekisho::smtp
