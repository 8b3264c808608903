// net/stream.h: a connected socket with a deadline.
//
//   Stream stream(std::move(socket));
//   stream.set_timeout(std::chrono::minutes(5));
//   auto n = co_await stream.read_some(buffer);     // Error{ETIMEDOUT} when the deadline passes
//
// One watchdog timer per stream, which is not touched while bytes flow: set_timeout() only notes a
// time. The end of the peer's bytes is 0 from read_some().
//
// Process: front.  Threads: one.  Lifetime: outlives the operations on it.

#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/asio.h"

namespace sekisho::net {

class Stream {
 public:
  explicit Stream(Socket socket);
  ~Stream();
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&&) noexcept = default;

  void set_timeout(std::chrono::nanoseconds from_now);
  awaitable<Result<size_t>> read_some(std::span<char> buffer);
  awaitable<Result<void>> write(std::string_view bytes);
  // Bytes that wait already; false at the end of the peer's bytes too.
  bool has_input();
  int native_handle() const;
  // Ends pending operations with an Error.
  void cancel();
  void close();
  bool is_open() const;

 private:
  struct State;
  static void watch(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

// Whether the peer of a connected socket has gone: it was reset, or it has closed and everything it
// sent is read. Any thread, beside other operations on the socket.
bool has_peer_left(int socket);
// The same, where a peer that has closed may still read (it has sent more, like QUIT): reset alone.
bool is_reset(int socket);

// Connects to "127.0.0.1:25", "[::1]:25", "host.name:25" or "unix:/path". A name is resolved by the
// system.
awaitable<Result<Stream>> connect(std::string address, std::chrono::nanoseconds timeout);

// Splits "host:port" and "[v6]:port"; an Error names what is wrong.
struct HostPort {
  std::string host;
  uint16_t port = 0;
};
Result<HostPort> parse_host_port(std::string_view text);

}  // namespace sekisho::net
