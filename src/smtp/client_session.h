// smtp/client_session.h: the client's side of a transaction with a next hop, SMTP or LMTP, without
// a socket.
//
//   ClientSession c(options);  c.start(envelope);      // on a fresh connection, or on one that is
//   reusable() loop until c.finished(): write(c.output()), clear it;
//     if (c.wants_body()) { stream the body through a DotWriter; c.body_sent(); }
//     else c.feed(read());                             // on end of file or an error:
//     c.on_disconnect()
//   c.results();                                       // one reply per recipient, in the order of
//   the envelope
//
// Every recipient ends with exactly one reply: the hop's own words where it spoke about that
// recipient, 451 4.4.2 where the connection ended before, 451 4.5.0 where the hop's answer made no
// sense. 2xx is only ever reported for a reply that came after the whole body was sent. A refusal
// of the connection itself (banner, HELO) says nothing about the mail: it is reported as 451. DATA
// is sent only once all recipients were accepted, also with PIPELINING. When some were not, our
// sender is told 451 whatever happens, and who was accepted would get one more copy with each of
// its retries: the hop gets RSET, they 451. A hop may answer while the body is still being sent:
// feed() takes it; where wants_body() turns false, stop sending and look at finished(). What is
// read after the last byte of the body is
// fed after body_sent().
//
// Memory: the envelope, one Reply per recipient (each at most ReplyReader::kTextBytesMax) and
// kPipelinedMax commands of output.  Process: front. Standards: RFC 5321 §3.3, §4.2, §4.5.3.2; RFC
// 2033 §4; RFC 1870, 2920, 6152, 6531.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/reply.h"
#include "smtp/reply_reader.h"

namespace sekisho::smtp {

struct ClientOptions {
  bool lmtp = false;
  std::string hostname;  // for EHLO or LHLO
  bool pipelining_allowed = true;
};

struct ClientEnvelope {
  std::string sender;  // "" is the null sender; both without <>
  std::vector<std::string> recipients;
  uint64_t size = 0;  // 0: not known
  bool smtputf8 = false;
  bool body8bit = false;
};

struct RecipientResult {
  std::string recipient;
  Reply reply;
};

class ClientSession {
 public:
  static constexpr size_t kPipelinedMax =
      50;  // commands on the way: both TCP windows are wide enough for them

  enum class State {
    kIdle,      // no transaction: finished, or not started
    kBanner,    // waits for 220
    kEhlo,      // waits for the answer to EHLO or LHLO
    kHelo,      // EHLO was refused, HELO sent
    kEnvelope,  // MAIL and RCPT are on their way
    kData,      // waits for 354
    kBody,      // the caller sends the body
    kFinal,     // waits for the answers to the body
    kReset,     // somebody was refused: waits for the answer to RSET
    kQuit,
    kClosed,  // the connection is of no more use
  };

  explicit ClientSession(ClientOptions options);

  void start(ClientEnvelope envelope);
  void feed(std::string_view bytes);
  void body_sent();
  void give_up(const Reply& reply);  // whoever has no reply yet gets this; the caller closes
  void on_disconnect();              // also for a timeout: the caller closes
  void quit();                       // on an idle connection; the answer need not be awaited

  std::string& output() { return output_; }
  State state() const { return state_; }
  bool wants_body() const { return state_ == State::kBody; }
  bool finished() const { return finished_; }
  bool reusable() const { return connected_ && state_ == State::kIdle && reader_.empty(); }
  std::vector<RecipientResult> results() const;
  std::chrono::seconds timeout() const;  // RFC 5321 §4.5.3.2

  bool offers_8bitmime() const { return extensions_.eight_bit_mime; }

 private:
  struct Extensions {
    bool pipelining = false, size = false, eight_bit_mime = false, smtputf8 = false;
    uint64_t size_max = 0;
  };

  void on_reply(const Reply& reply);
  void on_banner(const Reply& reply);
  void on_hello(const Reply& reply);
  void on_envelope_reply(const Reply& reply);
  void on_data_reply(const Reply& reply);
  void on_early_reply(const Reply& reply);
  void on_final_reply(const Reply& reply);
  void read_extensions(const Reply& reply);
  void begin_envelope();
  bool refuse_undeliverable();
  void send_envelope();
  void send_mail();
  void end_envelope();
  void fail_open(const Reply& reply);  // every recipient without a reply gets this one
  void fail_hop(const Reply& reply);   // the connection is of no use; 5xx is reported as 451
  void fail_protocol();
  void finish(State state);

  ClientOptions options_;
  ClientEnvelope envelope_;
  Extensions extensions_;
  State state_ = State::kIdle;
  bool connected_ = false;  // the banner and EHLO are behind us
  bool finished_ = false;
  ReplyReader reader_;
  std::string output_;
  std::vector<Reply> replies_;  // per recipient; code 0: none yet
  size_t sent_ = 0;             // commands of the envelope: 0 is MAIL, n is RCPT n
  size_t answered_ = 0;
  bool mail_refused_ = false;
  size_t final_ = 0;  // LMTP: the recipient whose answer comes next
};

}  // namespace sekisho::smtp
