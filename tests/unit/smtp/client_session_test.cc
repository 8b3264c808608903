// What the dialogues of tests/dialogue/hop_* can't show: groups, windows, the use of a connection
// again.

#include "smtp/client_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace sekisho::smtp {
namespace {

constexpr std::string_view kEhlo =
    "250-hop.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 8BITMIME\r\n";

ClientSession make_session(bool lmtp = false, bool pipelining = true) {
  ClientOptions options;
  options.lmtp = lmtp;
  options.hostname = "mx.example.test";
  options.pipelining_allowed = pipelining;
  return ClientSession(options);
}

ClientEnvelope envelope(size_t recipients) {
  ClientEnvelope envelope;
  envelope.sender = "s@a.example";
  for (size_t i = 0; i < recipients; ++i)
    envelope.recipients.push_back("r" + std::to_string(i) + "@b.example");
  return envelope;
}

std::string take(ClientSession& session) { return std::exchange(session.output(), ""); }

std::string codes(const ClientSession& session) {
  std::string text;
  for (const RecipientResult& result : session.results())
    text += std::to_string(result.reply.code) + " " + result.reply.enhanced + ";";
  return text;
}

void greet(ClientSession& session, std::string_view ehlo = kEhlo) {
  session.feed("220 hop.example\r\n");
  session.output().clear();
  session.feed(ehlo);
}

TEST(ClientSession, Rfc2920_3_1_EnvelopeGoesInOneGroup) {
  ClientSession session = make_session();
  session.start(envelope(2));
  EXPECT_EQ(take(session), "");
  session.feed("220 hop.example\r\n");
  EXPECT_EQ(take(session), "EHLO mx.example.test\r\n");
  session.feed(kEhlo);
  EXPECT_EQ(take(session),
            "MAIL FROM:<s@a.example>\r\nRCPT TO:<r0@b.example>\r\nRCPT TO:<r1@b.example>\r\n");
  session.feed("250 ok\r\n250 ok\r\n");
  EXPECT_EQ(take(session), "");  // DATA only when all are answered
  session.feed("250 ok\r\n");
  EXPECT_EQ(take(session), "DATA\r\n");
  EXPECT_FALSE(session.wants_body());
  session.feed("354 go\r\n");
  EXPECT_TRUE(session.wants_body());
  session.body_sent();
  EXPECT_FALSE(session.finished());
  session.feed("250 2.0.0 taken\r\n");
  EXPECT_TRUE(session.finished() && session.reusable());
  EXPECT_EQ(codes(session), "250 2.0.0;250 2.0.0;");
}

TEST(ClientSession, OneRefusedRecipientMeansNoDataForAnybody) {
  for (const bool lmtp : {false, true}) {
    ClientSession session = make_session(lmtp);
    session.start(envelope(3));
    greet(session);
    take(session);
    session.feed("250 ok\r\n250 ok\r\n550 5.1.1 no\r\n250 ok\r\n");
    EXPECT_EQ(take(session), "RSET\r\n");
    session.feed("250 ok\r\n");
    EXPECT_TRUE(session.reusable());
    EXPECT_EQ(codes(session), "451 4.3.0;550 5.1.1;451 4.3.0;");
    EXPECT_EQ(session.results()[0].reply.text, "Another recipient was refused: 550 5.1.1 no");
  }
}

TEST(ClientSession, OneCommandAtATimeWithoutPipelining) {
  for (const bool allowed : {true, false}) {
    ClientSession session = make_session(false, allowed);
    session.start(envelope(2));
    greet(session, allowed ? "250 hop.example\r\n" : kEhlo);
    EXPECT_EQ(take(session), "MAIL FROM:<s@a.example>\r\n");
    session.feed("250 ok\r\n");
    EXPECT_EQ(take(session), "RCPT TO:<r0@b.example>\r\n");
    session.feed("250 ok\r\n");
    EXPECT_EQ(take(session), "RCPT TO:<r1@b.example>\r\n");
    session.feed("250 ok\r\n");
    EXPECT_EQ(take(session), "DATA\r\n");
  }
}

TEST(ClientSession, ManyRecipientsGoInWindows) {
  ClientSession session = make_session();
  session.start(envelope(1000));
  greet(session);
  size_t answered = 0;
  while (session.state() == ClientSession::State::kEnvelope) {
    const std::string sent = take(session);
    const auto commands = static_cast<size_t>(std::count(sent.begin(), sent.end(), '\n'));
    ASSERT_GT(commands, 0u);
    ASSERT_LE(commands, ClientSession::kPipelinedMax);
    answered += commands;
    for (size_t i = 0; i < commands; ++i) session.feed("250 ok\r\n");
  }
  EXPECT_EQ(answered, 1001u);
  EXPECT_EQ(take(session), "DATA\r\n");
}

TEST(ClientSession, RefusedMailStopsTheEnvelope) {
  ClientSession session = make_session();
  session.start(envelope(200));
  greet(session);
  take(session);
  session.feed("452 4.3.1 full\r\n");
  EXPECT_EQ(take(session), "");
  for (size_t i = 1; i < ClientSession::kPipelinedMax; ++i)
    session.feed("503 5.5.1 MAIL first\r\n");
  EXPECT_EQ(take(session), "RSET\r\n");
  session.feed("250 ok\r\n");
  ASSERT_TRUE(session.reusable());
  for (const RecipientResult& result : session.results()) EXPECT_EQ(result.reply.code, 452);
}

TEST(ClientSession, NextMailOnTheSameConnection) {
  ClientSession session = make_session();
  session.start(envelope(1));
  EXPECT_FALSE(session.reusable());
  greet(session);
  session.feed("250 ok\r\n250 ok\r\n354 go\r\n");
  session.body_sent();
  session.feed("250 ok\r\n");
  ASSERT_TRUE(session.reusable());
  take(session);
  session.start(envelope(1));
  EXPECT_FALSE(session.finished());
  EXPECT_EQ(codes(session), "0 ;");
  EXPECT_EQ(take(session), "MAIL FROM:<s@a.example>\r\nRCPT TO:<r0@b.example>\r\n");
  session.on_disconnect();
  EXPECT_EQ(codes(session), "451 4.4.2;");
  EXPECT_FALSE(session.reusable());
}

TEST(ClientSession, UnaskedBytesEndTheUseOfAConnection) {
  for (const std::string_view surplus : {"421 4.4.2 idle\r\n", "250 what\r\n", "2"}) {
    ClientSession session = make_session();
    session.start(envelope(1));
    greet(session);
    session.feed("250 ok\r\n250 ok\r\n354 go\r\n");
    session.body_sent();
    session.feed("250 ok\r\n");
    session.feed(surplus);
    EXPECT_FALSE(session.reusable()) << surplus;
    EXPECT_EQ(codes(session), "250 ;");
  }
}

TEST(ClientSession, SurplusBehindTheLastReplyEndsTheUse) {
  ClientSession session = make_session();
  session.start(envelope(1));
  greet(session);
  session.feed("250 ok\r\n250 ok\r\n354 go\r\n");
  session.body_sent();
  session.feed("250 ok\r\n550 no\r\n");
  EXPECT_TRUE(session.finished());
  EXPECT_FALSE(session.reusable());
  EXPECT_EQ(codes(session), "250 ;");
}

TEST(ClientSession, QuitOnAnIdleConnection) {
  ClientSession session = make_session();
  session.quit();
  EXPECT_EQ(take(session), "");  // nothing was said yet
  session.start(envelope(1));
  greet(session);
  session.feed("250 ok\r\n250 ok\r\n354 go\r\n");
  session.body_sent();
  session.feed("250 ok\r\n");
  take(session);
  session.quit();
  EXPECT_EQ(take(session), "QUIT\r\n");
  session.feed("221 bye\r\n");
  EXPECT_EQ(session.state(), ClientSession::State::kClosed);
}

TEST(ClientSession, Rfc2033_4_2_LmtpRepliesInOrder) {
  ClientSession session = make_session(true);
  session.start(envelope(3));
  session.feed("220 hop.example LMTP\r\n");
  EXPECT_EQ(take(session), "LHLO mx.example.test\r\n");
  session.feed(kEhlo);
  session.feed("250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
  session.body_sent();
  session.feed("250 2.0.0 a\r\n452 4.2.2 b\r\n");
  EXPECT_FALSE(session.finished());
  session.feed("250 2.0.0 c\r\n");
  EXPECT_TRUE(session.reusable());
  EXPECT_EQ(codes(session), "250 2.0.0;452 4.2.2;250 2.0.0;");
}

TEST(ClientSession, Rfc2033_4_2_LmtpEarlyReplyIsForOneRecipient) {
  ClientSession session = make_session(true);
  session.start(envelope(2));
  greet(session);
  session.feed("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
  session.feed("552 5.2.2 full\r\n");
  EXPECT_FALSE(session.wants_body());
  EXPECT_EQ(codes(session), "552 5.2.2;451 4.4.2;");
}

TEST(ClientSession, DisconnectAtEveryStep) {
  const std::string_view replies[] = {"220 hop\r\n", kEhlo, "250 ok\r\n", "250 ok\r\n",
                                      "354 go\r\n"};
  for (size_t steps = 0; steps <= std::size(replies); ++steps) {
    ClientSession session = make_session();
    session.start(envelope(1));
    for (size_t i = 0; i < steps; ++i) session.feed(replies[i]);
    session.on_disconnect();
    EXPECT_TRUE(session.finished());
    EXPECT_FALSE(session.reusable() || session.wants_body());
    EXPECT_EQ(codes(session), "451 4.4.2;") << steps;
  }
}

TEST(ClientSession, Rfc1870_6_3_SizeIsAnnouncedAndKept) {
  ClientSession session = make_session();
  ClientEnvelope large = envelope(1);
  large.size = 1001;
  session.start(large);
  greet(session);
  EXPECT_EQ(codes(session), "552 5.3.4;");
  EXPECT_TRUE(session.reusable());
  EXPECT_EQ(take(session), "");
  large.size = 1000;
  large.body8bit = true;
  session.start(large);
  EXPECT_TRUE(take(session).starts_with("MAIL FROM:<s@a.example> SIZE=1000 BODY=8BITMIME\r\n"));
}

TEST(ClientSession, AddressThatWouldEndItsCommandIsNotSent) {
  ClientSession session = make_session();
  ClientEnvelope odd = envelope(3);
  odd.recipients[1] = "x@b.example>\r\nRCPT TO:<y@b.example";
  session.start(odd);
  greet(session);
  std::string sent = take(session);
  session.feed("250 ok\r\n250 ok\r\n");
  sent += take(session);
  EXPECT_EQ(sent,
            "MAIL FROM:<s@a.example>\r\nRCPT TO:<r0@b.example>\r\nRCPT TO:<r2@b.example>\r\n");
  session.feed("250 ok\r\n");
  EXPECT_EQ(take(session), "RSET\r\n");
  EXPECT_EQ(codes(session), "451 4.3.0;553 5.1.3;451 4.3.0;");
}

TEST(ClientSession, Rfc5321_4_5_3_2_Timeouts) {
  using std::chrono::minutes;
  ClientSession session = make_session();
  session.start(envelope(1));
  EXPECT_EQ(session.timeout(), minutes(5));
  greet(session);
  EXPECT_EQ(session.timeout(), minutes(5));
  session.feed("250 ok\r\n250 ok\r\n");
  EXPECT_EQ(session.timeout(), minutes(2));
  session.feed("354 go\r\n");
  EXPECT_EQ(session.timeout(), minutes(3));
  session.body_sent();
  EXPECT_EQ(session.timeout(), minutes(10));
}

}  // namespace
}  // namespace sekisho::smtp
