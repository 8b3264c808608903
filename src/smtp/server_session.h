// smtp/server_session.h: the server's side of an SMTP session, without a socket.
//
// Feed what the client sends, act on events, send output():
//   ServerSession s(options);  s.greet();
//   loop: write(s.output()), s.output().clear();
//         if (!s.wants_answer()) s.feed(read());
//         while (auto e = s.next()) act(*e);        // kMail, kRcpt, kDataBegin, kMessageEnd:
//         s.answer(reply)
// While an answer is awaited next() gives nullopt and pipelined input stays here: stop reading
// until answer(), then call next() again. Replies to pipelined commands gather in output() and
// leave together.
//
// Decisions that the protocol makes are made here: syntax, sequence, limits, line ends, size, hops.
// What depends on mailboxes and content is asked by an event. Memory: the longest command line,
// plus what was fed and not yet read (kept only while an answer is awaited), plus 4 KiB while a
// body is read; output() stops the reading of commands at kOutputBytesMax. Process: front.  Broken
// input: gets its 5xx, the session lives until errors_max. Lifetime: fed bytes must live until
// next() gives nullopt; ServerEvent::bytes until the next call. Standards: RFC 5321; RFC 1870,
// 2034, 2920, 3030, 6152, 6531.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mail/address.h"
#include "smtp/command.h"
#include "smtp/dot_reader.h"
#include "smtp/input_buffer.h"
#include "smtp/received_counter.h"
#include "smtp/reply.h"

namespace sekisho::smtp {

struct ServerOptions {
  std::string hostname;
  uint64_t message_bytes_max = 104857600;
  size_t recipients_max = 1000;  // RFC 5321 §4.5.3.1.8: at least 100
  size_t errors_max = 20;        // protocol errors and recipients refused for good, since the last
                                 // message taken
  size_t commands_max = 5000;    // commands since the last message taken
  size_t line_bytes_max =
      1024;  // with CRLF; RFC 5321 §4.5.3.1.4: at least 512 and what the extensions add
  size_t received_max = 50;  // RFC 5321 §6.3
  BareLineEnd bare_line_end = BareLineEnd::kReject;
  std::chrono::seconds command_timeout{300};  // RFC 5321 §4.5.3.2.7
  std::chrono::seconds data_timeout{300};
};

struct ServerEvent {
  enum class Kind {
    kMail,        // sender, size, body8bit, smtputf8; wants an answer
    kRcpt,        // recipient; wants an answer
    kDataBegin,   // wants an answer: 354 lets the body come (over BDAT nothing is said), 4xx or 5xx
                  // refuses it
    kChunk,       // bytes of the body, un-stuffed
    kMessageEnd,  // the body is complete; wants an answer
    kReset,  // the transaction is void; `reason` is what was said, code 0 for RSET and a second
             // EHLO
    kClose,  // send output() and close; voids a transaction too; `reason` as above
  };
  Kind kind;
  std::optional<mail::Address> sender;  // nullopt: "<>"
  uint64_t size = 0;                    // as declared; 0: not declared
  bool body8bit = false;
  bool smtputf8 = false;
  mail::Address recipient;  // domain "" only for <postmaster>
  std::string_view bytes;
  Reply reason;
};

class ServerSession {
 public:
  static constexpr size_t kOutputBytesMax = 65536;

  explicit ServerSession(ServerOptions options);

  void greet();  // 220
  void feed(std::string_view bytes);
  std::optional<ServerEvent> next();

  bool wants_answer() const { return awaiting_ != Awaiting::kNone; }
  // To the event that wants it. Without an enhanced code "<class>.0.0" is added; 421 closes.
  void answer(Reply reply);
  void accept();  // answers with the usual positive reply

  // Lowers the size limit for the body of this transaction; called before kDataBegin is answered.
  void limit_message(uint64_t bytes_max);
  // Says `reply` (421 4.3.2 on shutdown, 421 4.7.0 for a client over its limits) and closes, in any
  // state.
  void close(Reply reply);
  void on_timeout();  // 421 4.4.2

  std::string& output() { return output_; }
  bool closed() const { return state_ == State::kClosed; }
  // Whether the client has said more already, which waits for an answer().
  bool has_input() const { return !input_.view().empty(); }
  bool talked_early() const { return talked_early_; }  // RFC 5321 §4.3.1: input before the greeting
  bool in_transaction() const;
  bool reads_body() const;  // what comes next is a message's, or of a refused chunk
  std::chrono::seconds timeout() const;

  const std::string& helo() const { return helo_; }
  bool is_esmtp() const { return esmtp_; }
  std::string received_protocol() const;                     // RFC 5321 §4.4, RFC 6531 §4.3
  uint64_t message_bytes() const { return message_bytes_; }  // of the body given out so far

 private:
  enum class State {
    kBanner,       // greet() not yet called
    kStart,        // no HELO or EHLO yet
    kIdle,         // greeted, no transaction
    kMail,         // a sender
    kRcpt,         // at least one recipient
    kDotBody,      // DATA is running
    kBdat,         // between the chunks of BDAT
    kBdatChunk,    // inside a chunk
    kBdatSwallow,  // inside a chunk that is refused
    kBdatFailed,   // a chunk was refused; so will be the further ones
    kClosed,
  };
  enum class Awaiting { kNone, kMail, kRcpt, kData, kBdat, kMessageEnd };

  // server_session.cc: each step is false when it needs more input.
  bool step();
  bool read_command();
  bool skip_line();
  void on_line(std::string_view line);
  void on_command(Command& command);
  void on_hello(const Command& command);
  void on_mail(Command& command);
  void on_rcpt(Command& command);
  void on_rset();
  void say(const Reply& reply);
  void say_error(Reply reply);
  void queue(ServerEvent::Kind kind, Reply reason = {});
  void ask(ServerEvent::Kind kind, Awaiting awaiting);
  void void_transaction(const Reply& reason);
  void clear_transaction(State state);

  // server_body.cc: DATA and BDAT
  void on_data();
  void on_bdat(const Command& command);
  bool read_dot_body();
  bool read_bdat_chunk();
  bool swallow_bdat_chunk();
  void take_chunk(std::string_view chunk);
  void on_bdat_chunk_end();
  void begin_body(Framing framing, State state);
  void refuse_bdat(Reply reply);
  void on_data_answer(const Reply& reply);
  void on_bdat_answer(const Reply& reply);
  Reply sequence_error() const;
  Reply body_refusal() const;

  ServerOptions options_;
  State state_ = State::kBanner;
  Awaiting awaiting_ = Awaiting::kNone;
  InputBuffer input_;
  bool skipping_line_ = false;  // inside a line that was refused already
  bool talked_early_ = false;
  bool esmtp_ = false;
  std::string helo_;
  std::string output_;
  std::optional<ServerEvent> queued_;
  size_t errors_ = 0;
  size_t commands_ = 0;

  // of the transaction
  bool smtputf8_ = false;
  size_t recipients_ = 0;  // accepted
  size_t recipients_refused_ = 0;
  uint64_t message_bytes_max_ = 0;
  uint64_t message_bytes_ = 0;
  bool too_large_ = false;
  DotReader reader_;
  ReceivedCounter received_;
  uint64_t chunk_left_ = 0;  // of the BDAT chunk
  uint64_t chunk_bytes_ = 0;
  bool chunk_last_ = false;
  Reply bdat_refusal_;
  State after_swallow_ = State::kIdle;
};

}  // namespace sekisho::smtp
