// gateway/session.h: one client's connection, from the greeting to QUIT.
//
// Plays smtp::ServerSession on a socket and decides what it asks: recipients by the router,
// messages by the inspector and the delivery. Reads top to bottom like the protocol.
//
// Memory: kCommandBytes while commands are read, kBodyBytes and the spool's buffer while a body is.
// Process: front.  Lifetime: run() ends with the connection; the Services outlive it.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/active_config.h"
#include "gateway/admission.h"
#include "gateway/inspector.h"
#include "gateway/message_log.h"
#include "gateway/spool.h"
#include "gateway/transaction.h"
#include "net/stream.h"
#include "smtp/server_session.h"

namespace sekisho::gateway {

// What all sessions share.
struct Services {
  std::shared_ptr<const ActiveConfig> active;  // for what begins now
  Inspector& inspector;
  SpoolFiles& spool_files;
};

class Session {
 public:
  static constexpr size_t kCommandBytes = 4 << 10;
  static constexpr size_t kBodyBytes = 64 << 10;

  Session(Services& services, net::Stream stream, std::string client);

  net::awaitable<void> run();
  // Ends the session with 421 at its next free moment; a message under way is finished first.
  void shut_down();
  // The same now, in whatever the client does. A message that is being delivered gets its answer
  // first.
  void end();

 private:
  net::awaitable<bool> turn();
  std::chrono::nanoseconds read_timeout() const;
  net::awaitable<bool> flush();
  net::awaitable<void> handle(const smtp::ServerEvent& event);
  void on_mail(const smtp::ServerEvent& event);
  void on_rcpt(const smtp::ServerEvent& event);
  void on_data_begin();
  void on_chunk(std::string_view bytes);
  net::awaitable<void> on_message_end();
  void on_reset(const smtp::ServerEvent& event);
  net::awaitable<DeliveryOutcome> inspect_and_deliver(MessageRecord& record,
                                                      inspect::Verdict& verdict);
  void end_transaction();
  size_t add_policy(const inspect::Policy& policy);
  Outgoing outgoing() const;

  Services& services_;
  std::shared_ptr<const ActiveConfig> active_;  // of this transaction
  net::Stream stream_;
  std::string client_;
  smtp::ServerSession protocol_;
  Spool spool_;
  Transaction transaction_;
  bool in_body_ = false;
  bool spool_failed_ = false;
  Error spool_error_;
  bool shutting_down_ = false;
  bool ending_ = false;
  bool waiting_ = false;        // for the client's next bytes
  SteadyTime waiting_since_{};  // for the next command, or for a body: our last words
  uint64_t bytes_since_ = 0;
  SteadyTime data_begun_{};
  SteadyTime answer_by_{};
  std::vector<char> buffer_;
};

}  // namespace sekisho::gateway
