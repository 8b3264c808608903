// gateway/listener.h: accepts connections on one address and runs a Session on each.
//
// Before the session: the PROXY header where the peer is listed to send one, and admission.
//
// Process: front.  Lifetime: the Services and the Admission outlive it.

#pragma once

#include <memory>
#include <set>
#include <vector>

#include "config/config.h"
#include "config/endpoint.h"
#include "gateway/admission.h"
#include "gateway/session.h"
#include "net/client_network.h"

namespace sekisho::gateway {

class Listener {
 public:
  Listener(asio::io_context& loop, Services& services, Admission& admission,
           const config::Listener& settings);

  // Binds and begins to accept. The result is the address with the real port.
  Result<std::string> start();
  // Accepts no more and asks each session to end.
  void stop();
  // Ends the sessions that are still there, whatever they do.
  void end_sessions();
  size_t sessions() const { return sessions_.size(); }

 private:
  net::awaitable<void> accept();
  net::awaitable<void> serve(asio::ip::tcp::socket socket);
  net::awaitable<void> refuse(net::Stream& stream, std::string_view reply);
  net::awaitable<bool> read_proxy_header(net::Stream& stream, asio::ip::address& client);
  bool is_proxy(const asio::ip::address& peer) const;

  asio::io_context& loop_;
  Services& services_;
  Admission& admission_;
  config::Listener settings_;
  std::vector<config::Network> proxies_;
  asio::ip::tcp::acceptor acceptor_;
  std::set<Session*> sessions_;
  bool stopping_ = false;
};

}  // namespace sekisho::gateway
