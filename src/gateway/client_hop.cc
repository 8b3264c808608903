#include "gateway/client_hop.h"

#include <array>

#include "base/log.h"
#include "gateway/edited_message.h"
#include "smtp/dot_writer.h"

namespace sekisho::gateway {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

smtp::ClientEnvelope envelope_of(const Outgoing& message, uint64_t size,
                                 std::span<const Recipient> recipients) {
  smtp::ClientEnvelope envelope;
  envelope.sender = message.sender;
  for (const Recipient& recipient : recipients) envelope.recipients.push_back(recipient.mailbox);
  envelope.size = size;
  envelope.smtputf8 = message.smtputf8;
  envelope.body8bit = message.body8bit;
  return envelope;
}

std::vector<smtp::Reply> replies_of(const smtp::ClientSession& session) {
  std::vector<smtp::Reply> replies;
  for (smtp::RecipientResult& result : session.results())
    replies.push_back(std::move(result.reply));
  return replies;
}

}  // namespace

ClientHop::ClientHop(asio::io_context& loop, config::NextHop settings, std::string hostname)
    : loop_(loop),
      settings_(std::move(settings)),
      hostname_(std::move(hostname)),
      place_free_(loop, asio::steady_timer::time_point::max()) {}

// At most connections_max at a time; those who wait are woken in the order they came.
net::awaitable<void> ClientHop::take_place() {
  while (in_use_ >= settings_.connections_max) {
    asio::error_code ignored;
    co_await place_free_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  ++in_use_;
}

void ClientHop::leave_place() {
  --in_use_;
  place_free_.cancel_one();
}

net::awaitable<Result<std::unique_ptr<ClientHop::Connection>>> ClientHop::connect() {
  auto stream = co_await net::connect(settings_.address, settings_.connect_timeout);
  if (!stream) co_return stream.error();
  smtp::ClientOptions options;
  options.lmtp = settings_.kind == config::NextHop::Kind::kLmtp;
  options.hostname = hostname_;
  std::unique_ptr<Connection> connection(
      new Connection{std::move(*stream), smtp::ClientSession(options), false, false, {}});
  co_return std::move(connection);
}

std::unique_ptr<ClientHop::Connection> ClientHop::take_idle() {
  const SteadyTime now = system_clock().steady();
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    // Words on an idle connection are its end, or a 421.
    if (now - connection->idle_since < kIdleTime && !connection->stream.has_input())
      return connection;
  }
  return nullptr;
}

void ClientHop::keep(std::unique_ptr<Connection> connection) {
  if (!connection->session.reusable() || idle_.size() >= kIdleMax) return;
  connection->kept = true;
  connection->body_begun = false;
  connection->idle_since = system_clock().steady();
  // The watchdog closes nothing while idle: take_idle() looks at the age.
  connection->stream.set_timeout(std::chrono::hours(24));
  idle_.push_back(std::move(connection));
}

net::awaitable<std::vector<smtp::Reply>> ClientHop::deliver(const Outgoing& message,
                                                            std::span<const inspect::Edit> edits,
                                                            std::span<const Recipient> recipients) {
  co_await take_place();
  std::vector<smtp::Reply> replies = co_await attempt(message, edits, recipients);
  leave_place();
  co_return replies;
}

net::awaitable<std::vector<smtp::Reply>> ClientHop::attempt(const Outgoing& message,
                                                            std::span<const inspect::Edit> edits,
                                                            std::span<const Recipient> recipients) {
  EditedMessage bytes(message.spool, message.spool_bytes, message.trace_fields, edits);
  auto connection = take_idle();
  for (;;) {
    if (!connection) {
      auto fresh = co_await connect();
      if (!fresh) {
        log_warning("next hop", {{"name", settings_.name}, {"error", fresh.error().message}});
        const smtp::Reply down{451, "4.4.1", "Next hop can't be reached"};
        co_return std::vector<smtp::Reply>(recipients.size(), down);
      }
      connection = std::move(*fresh);
    }
    connection->session.start(envelope_of(message, bytes.size(), recipients));
    co_await converse(*connection, bytes);
    std::vector<smtp::Reply> replies = replies_of(connection->session);
    const bool died_idle = connection->kept && !connection->body_begun &&
                           connection->session.state() == smtp::ClientSession::State::kClosed;
    if (!died_idle) {
      keep(std::move(connection));
      co_return replies;
    }
    connection.reset();
  }
}

net::awaitable<void> ClientHop::converse(Connection& connection, EditedMessage& message) {
  smtp::ClientSession& session = connection.session;
  while (!session.finished()) {
    const bool alive = session.wants_body() ? co_await send_body(connection, message)
                                            : co_await exchange(connection);
    if (!alive) session.on_disconnect();
  }
}

// Sends what the session has to say and reads what the hop answers.
net::awaitable<bool> ClientHop::exchange(Connection& connection) {
  connection.stream.set_timeout(
      std::min<std::chrono::nanoseconds>(settings_.timeout, connection.session.timeout()));
  if (!connection.session.output().empty()) {
    const std::string out = std::move(connection.session.output());
    connection.session.output().clear();
    const auto written = co_await connection.stream.write(out);
    if (!written) co_return false;
  }
  const bool alive = co_await read_reply(connection);
  co_return alive;
}

net::awaitable<bool> ClientHop::read_reply(Connection& connection) {
  std::array<char, 4096> buffer;
  const auto n = co_await connection.stream.read_some(buffer);
  if (!n || *n == 0) co_return false;
  connection.session.feed({buffer.data(), *n});
  co_return true;
}

// A hop may give its answer early (a full disk); then the rest is not sent.
net::awaitable<bool> ClientHop::send_body(Connection& connection, EditedMessage& message) {
  connection.body_begun = true;
  std::vector<char> block(kBlockBytes);
  std::string stuffed;
  smtp::DotWriter dots;
  for (;;) {
    const auto n = message.read(block);
    if (!n) {
      // Half a message must not be ended with a dot: the connection goes, the hop forgets it.
      log_error("spool", {{"error", n.error().message}});
      co_return false;
    }
    stuffed.clear();
    if (*n == 0) {
      dots.finish(stuffed);
    } else {
      dots.feed({block.data(), *n}, stuffed);
    }
    connection.stream.set_timeout(settings_.timeout);
    const auto written = co_await connection.stream.write(stuffed);
    if (!written) co_return false;
    if (*n == 0) break;
    if (connection.stream.has_input()) {
      const bool alive = co_await read_reply(connection);
      if (!alive) co_return false;
      if (!connection.session.wants_body()) co_return true;
    }
  }
  connection.session.body_sent();
  co_return true;
}

}  // namespace sekisho::gateway
