#include "net/stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <charconv>

namespace sekisho::net {
namespace {

Error error_of(const asio::error_code& code, bool expired, std::string_view what) {
  if (expired) return {std::string(what) + ": timed out", ETIMEDOUT};
  return {std::string(what) + ": " + code.message(), code.value()};
}

}  // namespace

struct Stream::State {
  explicit State(Socket s) : socket(std::move(s)), timer(socket.get_executor()) {}

  Socket socket;
  asio::steady_timer timer;
  SteadyTime deadline = SteadyTime::max();
  bool watching = false;
  bool expired = false;
};

Stream::Stream(Socket socket) : state_(std::make_shared<State>(std::move(socket))) {
  asio::error_code ignored;
  state_->socket.non_blocking(true, ignored);
}

Stream::~Stream() { close(); }

void Stream::set_timeout(std::chrono::nanoseconds from_now) {
  state_->expired = false;
  const bool sooner = std::chrono::steady_clock::now() + from_now < state_->deadline;
  state_->deadline =
      std::chrono::steady_clock::now() + std::chrono::duration_cast<SteadyTime::duration>(from_now);
  if (!state_->watching || sooner) watch(state_);
}

// The timer runs to a deadline that may have moved on meanwhile; then it runs again.
void Stream::watch(const std::shared_ptr<State>& state) {
  state->watching = true;
  state->timer.expires_at(state->deadline);
  std::weak_ptr<State> weak = state;
  state->timer.async_wait([weak](const asio::error_code& error) {
    const auto alive = weak.lock();
    if (error || !alive || !alive->socket.is_open()) return;
    if (std::chrono::steady_clock::now() < alive->deadline) return watch(alive);
    alive->watching = false;
    alive->expired = true;
    asio::error_code ignored;
    alive->socket.cancel(ignored);
  });
}

awaitable<Result<size_t>> Stream::read_some(std::span<char> buffer) {
  const auto state = state_;
  if (state->expired) co_return error_of({}, true, "read");
  asio::error_code error;
  const size_t n = co_await state->socket.async_read_some(
      asio::buffer(buffer.data(), buffer.size()), asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::eof) co_return size_t{0};
  if (error) co_return error_of(error, state->expired, "read");
  co_return n;
}

awaitable<Result<void>> Stream::write(std::string_view bytes) {
  const auto state = state_;
  if (state->expired) co_return error_of({}, true, "write");
  asio::error_code error;
  co_await asio::async_write(state->socket, asio::buffer(bytes.data(), bytes.size()),
                             asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return error_of(error, state->expired, "write");
  co_return Result<void>();
}

bool Stream::has_input() {
  asio::error_code error;
  return state_->socket.available(error) > 0 && !error;
}

int Stream::native_handle() const { return state_->socket.native_handle(); }

bool is_reset(int socket) {
  pollfd peer{socket, 0, 0};
  return ::poll(&peer, 1, 0) > 0 && (peer.revents & (POLLERR | POLLHUP)) != 0;
}

bool has_peer_left(int socket) {
  char byte = 0;
  return is_reset(socket) || ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void Stream::cancel() {
  asio::error_code ignored;
  state_->socket.cancel(ignored);
}

void Stream::close() {
  if (!state_) return;
  asio::error_code ignored;
  state_->timer.cancel();
  state_->socket.close(ignored);
}

bool Stream::is_open() const { return state_ && state_->socket.is_open(); }

Result<HostPort> parse_host_port(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Error{std::string(text) + ": no port"};
  HostPort out;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (host.empty() || port.empty() || parsed.ec != std::errc() ||
      parsed.ptr != port.data() + port.size())
    return Error{std::string(text) + ": not HOST:PORT"};
  out.host = host;
  return out;
}

namespace {

// One attempt to connect. Shared with the handlers, which may run after the attempt is over: a
// look-up in the C library can't be stopped, only left.
struct Dial {
  Dial(const asio::any_io_executor& executor, SteadyTime until)
      : deadline(until), socket(executor), resolver(executor), timer(executor, until) {}

  bool expired() const { return std::chrono::steady_clock::now() >= deadline; }

  SteadyTime deadline;
  Socket socket;
  asio::ip::tcp::resolver resolver;
  asio::steady_timer timer;
  std::vector<asio::ip::tcp::endpoint> endpoints;
  asio::error_code error;
  bool looked_up = false;
};

awaitable<asio::error_code> connect_to(std::shared_ptr<Dial> dial,
                                       asio::generic::stream_protocol::endpoint endpoint) {
  asio::error_code error;
  dial->socket.close(error);
  dial->timer.expires_at(dial->deadline);
  dial->timer.async_wait([dial](const asio::error_code& stopped) {
    asio::error_code ignored;
    if (!stopped) dial->socket.cancel(ignored);
  });
  co_await dial->socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
  dial->timer.cancel();
  co_return error;
}

// A number needs no resolver; a name is looked up by getaddrinfo on Asio's own thread.
awaitable<asio::error_code> resolve(std::shared_ptr<Dial> dial, HostPort to) {
  asio::error_code error;
  const auto address = asio::ip::make_address(to.host, error);
  if (!error) {
    dial->endpoints.emplace_back(address, to.port);
    co_return error;
  }
  dial->resolver.async_resolve(to.host, std::to_string(to.port),
                               [dial](const asio::error_code& failed, auto found) {
                                 dial->looked_up = true;
                                 dial->error = failed;
                                 for (const auto& entry : found)
                                   dial->endpoints.push_back(entry.endpoint());
                                 dial->timer.cancel();
                               });
  co_await dial->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (dial->looked_up) co_return dial->error;
  dial->resolver.cancel();
  co_return asio::error::timed_out;
}

awaitable<asio::error_code> connect_tcp(std::shared_ptr<Dial> dial, HostPort to) {
  asio::error_code error = co_await resolve(dial, to);
  if (error) co_return error;
  error = asio::error::host_not_found;
  for (size_t i = 0; i < dial->endpoints.size() && error && !dial->expired(); ++i) {
    const asio::generic::stream_protocol::endpoint endpoint(dial->endpoints[i]);
    error = co_await connect_to(dial, endpoint);
  }
  if (!error) dial->socket.set_option(asio::ip::tcp::no_delay(true), error);
  co_return error;
}

}  // namespace

awaitable<Result<Stream>> connect(std::string address, std::chrono::nanoseconds timeout) {
  const auto executor = co_await asio::this_coro::executor;
  const SteadyTime deadline =
      std::chrono::steady_clock::now() + std::chrono::duration_cast<SteadyTime::duration>(timeout);
  const auto dial = std::make_shared<Dial>(executor, deadline);
  asio::error_code error;
  if (address.starts_with("unix:")) {
    const asio::local::stream_protocol::endpoint path(address.substr(5));
    const asio::generic::stream_protocol::endpoint endpoint(path);
    error = co_await connect_to(dial, endpoint);
  } else {
    const auto to = parse_host_port(address);
    if (!to) co_return to.error();
    error = co_await connect_tcp(dial, *to);
  }
  if (error) co_return error_of(error, dial->expired(), "connect to " + address);
  Stream stream(std::move(dial->socket));
  co_return std::move(stream);
}

}  // namespace sekisho::net
