// gateway/client_hop.h: an LMTP or SMTP server as next hop, over pooled connections.
//
// A connection that ended well is kept for the next message (kIdleMax at most, for kIdleTime). A
// kept connection that turns out dead before the body was sent is replaced once by a fresh one;
// after that, whatever the hop did not answer is 451: nothing is sent twice.
//
// A sender that hears nothing for 10 minutes repeats its message, so by Outgoing::answer_by all is
// over: the final dot goes out only while the hop has its whole timeout left to answer it, and only
// to deliver for a client that is still there. Before the dot, giving up costs nothing.
//
// Memory: one block of 64 KB per delivery under way.  Process: front.
// Standards: RFC 5321 §4.5.3.2 (timeouts), RFC 2033 (LMTP: a reply per recipient).

#pragma once

#include <deque>
#include <memory>
#include <string>

#include "config/config.h"
#include "gateway/edited_message.h"
#include "gateway/next_hop.h"
#include "gateway/places.h"
#include "net/stream.h"
#include "smtp/client_session.h"

namespace sekisho::gateway {

class ClientHop final : public NextHop {
 public:
  static constexpr size_t kIdleMax = 10;
  static constexpr std::chrono::seconds kIdleTime{30};

  ClientHop(config::NextHop settings, std::string hostname);

  net::awaitable<std::vector<smtp::Reply>> deliver(const Outgoing& message,
                                                   std::span<const inspect::Edit> edits,
                                                   std::span<const Recipient> recipients) override;

 private:
  struct Connection {
    net::Stream stream;
    smtp::ClientSession session;
    bool kept = false;  // was used before
    bool body_begun = false;
    bool dot_sent = false;
    SteadyTime idle_since{};
  };

  // One message on its way to the hop.
  struct Errand {
    const Outgoing& message;
    EditedMessage& bytes;
    SteadyTime last_dot;  // after this the final dot is not sent
  };

  net::awaitable<Result<std::unique_ptr<Connection>>> connect(SteadyTime deadline);
  std::unique_ptr<Connection> take_idle();
  void keep(std::unique_ptr<Connection> connection);
  net::awaitable<std::vector<smtp::Reply>> attempt(const Outgoing& message,
                                                   std::span<const inspect::Edit> edits,
                                                   std::span<const Recipient> recipients);
  net::awaitable<void> converse(Connection& connection, Errand& errand);
  net::awaitable<bool> exchange(Connection& connection, SteadyTime deadline);
  net::awaitable<bool> send_body(Connection& connection, Errand& errand);
  net::awaitable<bool> read_reply(Connection& connection);

  config::NextHop settings_;
  std::string hostname_;
  std::deque<std::unique_ptr<Connection>> idle_;
  std::shared_ptr<Places> places_;
};

}  // namespace sekisho::gateway
