#include "smtp/command.h"

#include <gtest/gtest.h>

namespace sekisho::smtp {
namespace {

std::string text_of(const ParsedCommand& parsed) {
  if (parsed.error.code != 0)
    return std::to_string(parsed.error.code) + " " + parsed.error.enhanced;
  const Command& command = parsed.command;
  std::string text = command.address ? "<" + command.address->text() + ">" : "<>";
  if (command.size > 0) text += " " + std::to_string(command.size);
  if (command.body8bit) text += " 8bit";
  if (command.smtputf8) text += " utf8";
  return text;
}

struct Row {
  const char* name;
  std::string line;
  const char* expected;
  bool smtputf8 = false;
};

const Row kMailRows[] = {
    {"plain", "MAIL FROM:<a@b.example>", "<a@b.example>"},
    {"null", "MAIL FROM:<>", "<>"},
    {"case", "mAiL fRoM:<a@b.example> size=5 body=8bitmime smtputf8", "<a@b.example> 5 8bit utf8"},
    {"domain is folded, local part is not", "MAIL FROM:<A@B.Example>", "<A@b.example>"},
    {"7BIT", "MAIL FROM:<a@b.example> BODY=7BIT", "<a@b.example>"},
    {"size over 64 bits", "MAIL FROM:<> SIZE=18446744073709551616", "<> 18446744073709551615"},
    {"size of 21 digits", "MAIL FROM:<> SIZE=100000000000000000000", "501 5.5.4"},
    {"size with a sign", "MAIL FROM:<> SIZE=+1", "501 5.5.4"},
    {"body without a value", "MAIL FROM:<> BODY", "501 5.5.4"},
    {"quoted", "MAIL FROM:<\"a b\"@c.example>", "<\"a b\"@c.example>"},
    {"quoted >", "MAIL FROM:<\"a>\"@c.example> SIZE=1", "<\"a>\"@c.example> 1"},
    {"escaped quote", "MAIL FROM:<\"a\\\">\"@c.example>", "<\"a\\\">\"@c.example>"},
    {"open quote", "MAIL FROM:<\"a@c.example> SIZE=1", "501 5.5.4"},
    {"open quote, escape at the end", "MAIL FROM:<\"\\", "501 5.5.4"},
    {"literal", "MAIL FROM:<a@[192.0.2.1]>", "<a@[192.0.2.1]>"},
    {"route", "MAIL FROM:<@x.example,@y.example:a@b.example>", "<a@b.example>"},
    {"route without a mailbox", "MAIL FROM:<@x.example:>", "553 5.1.7"},
    {"utf8 without SMTPUTF8", "MAIL FROM:<\xc3\xa9@b.example>", "553 5.6.7"},
    {"utf8", "MAIL FROM:<\xc3\xa9@b.example> SMTPUTF8", "<\xc3\xa9@b.example> utf8"},
    {"two paths", "MAIL FROM:<a@b.example><c@d.example>", "501 5.5.4"},
    {"no keyword", "MAIL <a@b.example>", "501 5.5.4"},
    {"keyword run together", "MAILFROM:<a@b.example>", "500 5.5.2"},
    {"control character", std::string("MAIL FROM:<a@b.example>\0", 24), "500 5.5.2"},
};

TEST(Command, Rfc5321_4_1_1_2_Mail) {
  for (const Row& row : kMailRows)
    EXPECT_EQ(text_of(parse_command(row.line, row.smtputf8)), row.expected) << row.name;
}

const Row kRcptRows[] = {
    {"plain", "RCPT TO:<a@b.example>", "<a@b.example>"},
    {"postmaster", "RCPT TO:<postmaster>", "<postmaster>"},
    {"nobody else", "RCPT TO:<root>", "553 5.1.3"},
    {"empty", "RCPT TO:<>", "501 5.1.3"},
    {"parameter", "RCPT TO:<a@b.example> ORCPT=rfc822;a@b.example", "555 5.5.4"},
    {"IPv6 literal", "RCPT TO:<a@[IPv6:2001:db8::1]>", "<a@[ipv6:2001:db8::1]>"},
    {"utf8 in such a transaction", "RCPT TO:<\xc3\xa9@b.example>", "<\xc3\xa9@b.example>", true},
    {"utf8 in another", "RCPT TO:<\xc3\xa9@b.example>", "553 5.6.7"},
    {"local part of 64", "RCPT TO:<" + std::string(64, 'a') + "@b.example>",
     "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.example>"},
    {"local part of 65", "RCPT TO:<" + std::string(65, 'a') + "@b.example>", "501 5.1.3"},
    {"path of 257", "RCPT TO:<a@" + std::string(253, 'b') + ">", "501 5.1.3"},
};

TEST(Command, Rfc5321_4_1_1_3_Rcpt) {
  for (const Row& row : kRcptRows)
    EXPECT_EQ(text_of(parse_command(row.line, row.smtputf8)), row.expected) << row.name;
}

struct BdatRow {
  const char* line;
  uint64_t bytes;
  bool last;
  int error;
};

TEST(Command, Rfc3030_2_Bdat) {
  const BdatRow rows[] = {
      {"BDAT 0", 0, false, 0},
      {"BDAT 0 LAST", 0, true, 0},
      {"bdat 86 last ", 86, true, 0},
      {"BDAT 18446744073709551615", UINT64_MAX, false, 0},
      {"BDAT 18446744073709551616", 0, false, 501},
      {"BDAT", 0, false, 501},
      {"BDAT -1", 0, false, 501},
      {"BDAT 0x10", 0, false, 501},
      {"BDAT 1 FIRST", 0, false, 501},
      {"BDAT 1 LAST x", 0, false, 501},
      {"BDAT LAST", 0, false, 501},
  };
  for (const BdatRow& row : rows) {
    const ParsedCommand parsed = parse_command(row.line, false);
    EXPECT_EQ(parsed.command.verb, Verb::kBdat) << row.line;
    EXPECT_EQ(parsed.error.code, row.error) << row.line;
    if (row.error != 0) continue;
    EXPECT_EQ(parsed.command.chunk_bytes, row.bytes) << row.line;
    EXPECT_EQ(parsed.command.chunk_last, row.last) << row.line;
  }
}

struct VerbRow {
  const char* line;
  Verb verb;
  int error;
};

TEST(Command, Rfc5321_4_2_4_Verbs) {
  const VerbRow rows[] = {
      {"HELO c.example", Verb::kHelo, 0},
      {"EHLO [192.0.2.1]", Verb::kEhlo, 0},
      {"EHLO a b", Verb::kEhlo, 501},
      {"EHLO []", Verb::kEhlo, 501},
      {"DATA", Verb::kData, 0},
      {"DATA x", Verb::kData, 501},
      {"RSET ", Verb::kRset, 0},
      {"NOOP x", Verb::kNoop, 0},
      {"QUIT", Verb::kQuit, 0},
      {"VRFY x", Verb::kVrfy, 0},
      {"HELP", Verb::kHelp, 0},
      {"EXPN x", Verb::kUnimplemented, 502},
      {"STARTTLS", Verb::kUnimplemented, 502},
      {"GET / HTTP/1.1", Verb::kHttp, 421},
      {"", Verb::kUnknown, 500},
      {" DATA", Verb::kUnknown, 500},
      {"DATAX", Verb::kUnknown, 500},
      {"DAT", Verb::kUnknown, 500},
  };
  for (const VerbRow& row : rows) {
    const ParsedCommand parsed = parse_command(row.line, false);
    EXPECT_EQ(parsed.command.verb, row.verb) << row.line;
    EXPECT_EQ(parsed.error.code, row.error) << row.line;
  }
}

}  // namespace
}  // namespace sekisho::smtp
