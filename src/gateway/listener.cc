#include "gateway/listener.h"

#include <algorithm>

#include "base/log.h"
#include "net/proxy_protocol.h"

namespace sekisho::gateway {
namespace {

constexpr auto kProxyHeaderTimeout = std::chrono::seconds(10);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

net::Socket to_generic(asio::ip::tcp::socket socket) { return net::Socket(std::move(socket)); }

}  // namespace

Listener::Listener(asio::io_context& loop, Services& services, Admission& admission,
                   const config::Listener& settings)
    : loop_(loop),
      services_(services),
      admission_(admission),
      settings_(settings),
      acceptor_(loop) {}

Result<std::string> Listener::start() {
  for (const std::string& text : settings_.proxy_protocol_from) {
    const auto network = config::parse_network(text);
    if (!network) return Error{text + ": not an address or network"};
    proxies_.push_back(*network);
  }
  const auto address = net::parse_host_port(settings_.address);
  if (!address) return address.error();
  asio::error_code error;
  const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address->host, error),
                                         address->port);
  if (error) return Error{settings_.address + ": not an address"};
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  // So that [::]:25 can stand beside 0.0.0.0:25.
  if (!error && endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(1024, error);
  if (error) return Error{"listen on " + settings_.address + ": " + error.message(), error.value()};
  asio::co_spawn(loop_, accept(), asio::detached);
  const auto bound = acceptor_.local_endpoint(error);
  const std::string host = bound.address().to_string();
  return (bound.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(bound.port());
}

void Listener::stop() {
  stopping_ = true;
  asio::error_code ignored;
  acceptor_.close(ignored);
  for (Session* session : sessions_) session->shut_down();
}

void Listener::end_sessions() {
  for (Session* session : sessions_) session->end();
}

net::awaitable<void> Listener::accept() {
  while (!stopping_) {
    asio::error_code error;
    asio::ip::tcp::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      asio::co_spawn(loop_, serve(std::move(socket)), asio::detached);
      continue;
    }
    if (stopping_) co_return;
    // Out of descriptors or the like: the backlog waits, the loop doesn't spin.
    log_error("accept", {{"error", error.message()}});
    asio::steady_timer pause(loop_, kAcceptPause);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

net::awaitable<void> Listener::serve(asio::ip::tcp::socket socket) {
  asio::error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) co_return;
  socket.set_option(asio::ip::tcp::no_delay(true), error);
  asio::ip::address client = net::unmapped(peer.address());
  const bool proxied = is_proxy(client);
  net::Stream stream(to_generic(std::move(socket)));
  if (proxied) {
    const bool known = co_await read_proxy_header(stream, client);
    if (!known) co_return;
  }
  if (stopping_) {
    co_await refuse(stream, "421 4.3.2 Service is shutting down\r\n");
    co_return;
  }
  if (services_.inspector.overloaded()) {
    log_warning("overloaded", {{"client", client.to_string()}});
    co_await refuse(stream, "421 4.3.2 Too much mail is waiting, try again later\r\n");
    co_return;
  }
  auto ticket = admission_.admit(client);
  if (!ticket) {
    log_warning("too many connections", {{"client", client.to_string()}});
    co_await refuse(stream, "421 4.7.0 Too many connections, try again later\r\n");
    co_return;
  }
  Session session(services_, std::move(stream), client.to_string());
  sessions_.insert(&session);
  try {
    co_await session.run();
  } catch (const std::exception& e) {
    log_error("session", {{"client", client.to_string()}, {"error", e.what()}});
  }
  sessions_.erase(&session);
}

net::awaitable<void> Listener::refuse(net::Stream& stream, std::string_view reply) {
  stream.set_timeout(std::chrono::seconds(5));
  const auto ignored = co_await stream.write(reply);
  static_cast<void>(ignored);
}

// Reads the header to its last byte and no further: what follows belongs to the session.
net::awaitable<bool> Listener::read_proxy_header(net::Stream& stream, asio::ip::address& client) {
  stream.set_timeout(kProxyHeaderTimeout);
  std::string bytes;
  for (;;) {
    const net::ProxyHeader header = net::parse_proxy_header(bytes);
    if (header.status == net::ProxyHeader::Status::kInvalid) {
      log_warning("bad PROXY header", {{"client", client.to_string()}});
      co_return false;
    }
    if (header.status == net::ProxyHeader::Status::kLocal) co_return true;
    if (header.status == net::ProxyHeader::Status::kClient) {
      asio::error_code error;
      client = net::unmapped(asio::ip::make_address(header.address, error));
      co_return !error;
    }
    const size_t had = bytes.size();
    bytes.resize(had + header.wanted);
    const auto n = co_await stream.read_some(std::span(bytes).subspan(had));
    if (!n || *n == 0) co_return false;
    bytes.resize(had + *n);
  }
}

bool Listener::is_proxy(const asio::ip::address& peer) const {
  const std::string address = peer.to_string();
  return std::any_of(proxies_.begin(), proxies_.end(),
                     [&](const config::Network& network) { return network.contains(address); });
}

}  // namespace sekisho::gateway
