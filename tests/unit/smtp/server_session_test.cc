// What the dialogues of tests/dialogue can't show: events, memory, the order of calls.

#include "smtp/server_session.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::smtp {
namespace {

using Kind = ServerEvent::Kind;

ServerOptions options() {
  ServerOptions options;
  options.hostname = "mx.example.test";
  return options;
}

constexpr std::string_view kEnvelope =
    "EHLO c.example\r\nMAIL FROM:<s@a.example>\r\nRCPT TO:<alice@example.test>\r\n";

// Accepts everything; the text of all events, neighbouring chunks joined.
std::string drain(ServerSession& session, std::string& body) {
  std::string text;
  while (const auto event = session.next()) {
    if (event->kind == Kind::kChunk) {
      body += event->bytes;
      continue;
    }
    if (event->kind == Kind::kMail) text += "mail ";
    if (event->kind == Kind::kRcpt) text += "rcpt " + event->recipient.text() + " ";
    if (event->kind == Kind::kDataBegin) text += "data ";
    if (event->kind == Kind::kMessageEnd) text += "end(" + std::exchange(body, "") + ") ";
    if (event->kind == Kind::kReset) {
      text += "reset " + std::to_string(event->reason.code) + " ";
      body.clear();
    }
    if (event->kind == Kind::kClose) text += "close " + std::to_string(event->reason.code);
    if (session.wants_answer()) session.accept();
  }
  return text;
}

std::string run(const std::vector<std::string_view>& chunks, ServerOptions opts = options()) {
  ServerSession session(std::move(opts));
  session.greet();
  std::string text;
  std::string body;
  for (std::string_view chunk : chunks) {
    const std::string own(chunk);
    session.feed(own);
    text += drain(session, body);
  }
  return text + "\n" + session.output();
}

TEST(ServerSession, EverySplitIsTheSame) {
  const std::string input =
      std::string(kEnvelope) +
      "DATA\r\nSubject: x\r\n\r\n..\r\n.\r\n"
      "MAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nBDAT 4\r\n.\r\na\r\nBDAT 2 LAST\r\nb\r"
      "MAIL FROM:<>\r\nRSET\r\nBDAT 3\r\nabcNOOP\nNOOP\r\nQUIT\r\n";
  expect_same_for_every_split(
      input, [](const std::vector<std::string_view>& chunks) { return run(chunks); });
  EXPECT_TRUE(
      run({input}).starts_with("mail rcpt alice@example.test data end(Subject: x\r\n\r\n.\r\n) "
                               "mail rcpt postmaster data reset 554 mail reset 0 close 221"))
      << run({input});
}

TEST(ServerSession, HoldsPipelinedInputWhileItWaits) {
  ServerSession session(options());
  session.greet();
  const std::string input = std::string(kEnvelope) + "QUIT\r\n";
  session.feed(input);
  ASSERT_EQ(session.next()->kind, Kind::kMail);
  EXPECT_TRUE(session.wants_answer());
  EXPECT_FALSE(session.next());
  EXPECT_FALSE(session.next());
  session.answer({250, "", "yes"});
  EXPECT_TRUE(session.output().ends_with("250 2.0.0 yes\r\n"));  // RFC 2034 §4
  ASSERT_EQ(session.next()->kind, Kind::kRcpt);
  session.accept();
  ASSERT_EQ(session.next()->kind, Kind::kClose);
  EXPECT_FALSE(session.next());
  EXPECT_TRUE(session.closed());
}

TEST(ServerSession, MailTellsWhatWasDeclared) {
  ServerSession session(options());
  session.greet();
  session.feed("EHLO c.example\r\nMAIL FROM:<s@a.example> SIZE=77 BODY=8BITMIME SMTPUTF8\r\n");
  const auto event = session.next();
  ASSERT_TRUE(event && event->sender);
  EXPECT_EQ(event->sender->text(), "s@a.example");
  EXPECT_EQ(event->size, 77u);
  EXPECT_TRUE(event->body8bit && event->smtputf8);
  session.accept();
  EXPECT_EQ(session.received_protocol(), "UTF8SMTP");
  EXPECT_EQ(session.helo(), "c.example");
}

TEST(ServerSession, Rfc3848_ProtocolNames) {
  ServerSession session(options());
  session.greet();
  session.feed("HELO c.example\r\n");
  EXPECT_FALSE(session.next());
  EXPECT_EQ(session.received_protocol(), "SMTP");
  session.feed("EHLO c.example\r\n");
  EXPECT_FALSE(session.next());
  EXPECT_EQ(session.received_protocol(), "ESMTP");
}

TEST(ServerSession, Rfc5321_4_3_1_SeesWhoTalksEarly) {
  ServerSession early(options());
  early.feed("HELO c.example\r\n");
  EXPECT_FALSE(early.next());
  EXPECT_TRUE(early.talked_early());
  early.greet();
  EXPECT_FALSE(early.next());
  EXPECT_EQ(early.output(), "220 mx.example.test ESMTP\r\n250 mx.example.test\r\n");

  ServerSession patient(options());
  patient.greet();
  patient.feed("NOOP\r\n");
  EXPECT_FALSE(patient.next());
  EXPECT_FALSE(patient.talked_early());
}

TEST(ServerSession, TransactionLimitIsLoweredAndNotRaised) {
  for (const auto& [limit, reply] : {std::pair<uint64_t, int>{4, 552}, {5, 250}, {1u << 30, 250}}) {
    ServerOptions opts = options();
    opts.message_bytes_max = 5;
    ServerSession session(opts);
    session.greet();
    const std::string input = std::string(kEnvelope) + "DATA\r\nabc\r\n.\r\n";
    session.feed(input);
    while (const auto event = session.next()) {
      if (event->kind == Kind::kDataBegin) session.limit_message(limit);
      if (session.wants_answer()) session.accept();
    }
    const std::string& out = session.output();
    EXPECT_EQ(out.substr(out.rfind("\r\n", out.size() - 3) + 2, 3), std::to_string(reply)) << limit;
  }
}

TEST(ServerSession, OverTheLimitNothingIsGivenOut) {
  ServerOptions opts = options();
  opts.message_bytes_max = 1000;
  ServerSession session(opts);
  session.greet();
  std::string body;
  const std::string start = std::string(kEnvelope) + "DATA\r\n";
  session.feed(start);
  drain(session, body);
  const std::string block(600, 'x');
  for (int i = 0; i < 5000; ++i) {
    session.feed(block);
    EXPECT_EQ(drain(session, body), "");
  }
  EXPECT_EQ(body.size(), 1000u);
  EXPECT_EQ(session.message_bytes(), 1000u);
  session.feed("\r\n.\r\n");
  EXPECT_EQ(drain(session, body), "reset 552 ");
}

TEST(ServerSession, RefusedByAnswerWith421Closes) {
  ServerSession session(options());
  session.greet();
  session.feed(kEnvelope);
  ASSERT_EQ(session.next()->kind, Kind::kMail);
  session.answer({421, "4.3.2", "Stopping"});
  const auto event = session.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::kClose);
  EXPECT_EQ(event->reason.code, 421);
  EXPECT_FALSE(session.next());
}

TEST(ServerSession, ClosesInAnyState) {
  for (std::string_view input : {"", "EHLO c.example\r\n", "EHLO c.example\r\nMAIL FROM:<>\r\n"}) {
    ServerSession session(options());
    session.greet();
    session.feed(input);
    while (session.next()) {
    }
    session.close({421, "4.3.2", "Stopping"});
    EXPECT_FALSE(session.wants_answer());
    const auto event = session.next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->kind, Kind::kClose);
    EXPECT_TRUE(session.output().ends_with("421 4.3.2 Stopping\r\n"));
    session.on_timeout();  // once is enough
    EXPECT_FALSE(session.next());
  }
}

TEST(ServerSession, OutputIsBounded) {
  ServerOptions opts = options();
  opts.commands_max = 1000000;
  ServerSession session(opts);
  session.greet();
  std::string input;
  for (int i = 0; i < 100000; ++i) input += "EHLO a\r\n";
  session.feed(input);
  size_t written = 0;
  for (int rounds = 0; rounds < 1000; ++rounds) {
    EXPECT_FALSE(session.next());
    ASSERT_LE(session.output().size(), ServerSession::kOutputBytesMax + 1000);
    if (session.output().empty()) break;
    written += session.output().size();
    session.output().clear();
  }
  EXPECT_GT(written, 100000u * 100);  // and nothing was left out
}

TEST(ServerSession, Rfc5321_4_5_3_1_8_HundredRecipients) {
  std::string input = "EHLO c.example\r\nMAIL FROM:<>\r\n";
  for (int i = 0; i < 1000; ++i) input += "RCPT TO:<alice@example.test>\r\n";
  input += "DATA\r\n.\r\n";
  const std::string text = run({input});
  EXPECT_NE(text.find("data end() "), std::string::npos);
  EXPECT_EQ(text.find("452"), std::string::npos);
}

TEST(ServerSession, Rfc5321_4_5_3_2_7_Timeouts) {
  ServerOptions opts = options();
  opts.data_timeout = std::chrono::seconds(7);
  ServerSession session(opts);
  session.greet();
  EXPECT_EQ(session.timeout(), std::chrono::minutes(5));
  std::string body;
  const std::string input = std::string(kEnvelope) + "DATA\r\n";
  session.feed(input);
  drain(session, body);
  EXPECT_EQ(session.timeout(), std::chrono::seconds(7));
}

}  // namespace
}  // namespace sekisho::smtp
