#include "gateway/client_hop.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/log.h"
#include "smtp/dot_writer.h"

namespace sekisho::gateway {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

const smtp::Reply kTooSlow{451, "4.4.2", "Next hop is too slow, try again later"};

void set_timeout(net::Stream& stream, std::chrono::nanoseconds timeout, SteadyTime deadline) {
  stream.set_timeout(
      std::min<std::chrono::nanoseconds>(timeout, deadline - system_clock().steady()));
}

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

ClientHop::ClientHop(config::NextHop settings, std::string hostname)
    : settings_(std::move(settings)),
      hostname_(std::move(hostname)),
      places_(std::make_shared<Places>(settings_.connections_max)) {}

net::awaitable<Result<std::unique_ptr<ClientHop::Connection>>> ClientHop::connect(
    SteadyTime deadline) {
  const auto timeout = std::min<std::chrono::nanoseconds>(settings_.connect_timeout,
                                                          deadline - system_clock().steady());
  if (timeout.count() <= 0) co_return Error{"too late to connect", ETIMEDOUT};
  auto stream = co_await net::connect(settings_.address, timeout);
  if (!stream) co_return stream.error();
  smtp::ClientOptions options;
  options.lmtp = settings_.kind == config::NextHop::Kind::kLmtp;
  options.hostname = hostname_;
  std::unique_ptr<Connection> connection(
      new Connection{std::move(*stream), smtp::ClientSession(options), false, false, false, {}});
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
  connection->body_begun = connection->dot_sent = false;
  connection->idle_since = system_clock().steady();
  // The watchdog closes nothing while idle: take_idle() looks at the age.
  connection->stream.set_timeout(std::chrono::hours(24));
  idle_.push_back(std::move(connection));
}

net::awaitable<std::vector<smtp::Reply>> ClientHop::deliver(const Outgoing& message,
                                                            std::span<const inspect::Edit> edits,
                                                            std::span<const Recipient> recipients) {
  const SteadyTime last_dot = message.answer_by - settings_.timeout;
  const Places::Place place = co_await Places::take(places_, last_dot);
  if (!place) {
    log_warning("next hop",
                {{"name", settings_.name}, {"error", "no connection was free in time"}});
    co_return std::vector<smtp::Reply>(recipients.size(), kTooSlow);
  }
  std::vector<smtp::Reply> replies = co_await attempt(message, edits, recipients);
  co_return replies;
}

net::awaitable<std::vector<smtp::Reply>> ClientHop::attempt(const Outgoing& message,
                                                            std::span<const inspect::Edit> edits,
                                                            std::span<const Recipient> recipients) {
  EditedMessage bytes(message.spool, message.spool_bytes, message.trace_fields, edits);
  Errand errand{message, bytes, message.answer_by - settings_.timeout};
  auto connection = take_idle();
  for (;;) {
    if (!connection) {
      auto fresh = co_await connect(errand.last_dot);
      if (!fresh) {
        log_warning("next hop", {{"name", settings_.name}, {"error", fresh.error().message}});
        const smtp::Reply down{451, "4.4.1", "Next hop can't be reached"};
        co_return std::vector<smtp::Reply>(recipients.size(), down);
      }
      connection = std::move(*fresh);
    }
    connection->session.start(envelope_of(message, bytes.size(), recipients));
    co_await converse(*connection, errand);
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

net::awaitable<void> ClientHop::converse(Connection& connection, Errand& errand) {
  smtp::ClientSession& session = connection.session;
  while (!session.finished()) {
    const SteadyTime deadline = connection.dot_sent ? errand.message.answer_by : errand.last_dot;
    const bool alive = session.wants_body() ? co_await send_body(connection, errand)
                                            : co_await exchange(connection, deadline);
    if (alive) continue;
    if (system_clock().steady() >= deadline) session.give_up(kTooSlow);
    session.on_disconnect();
  }
}

// Sends what the session has to say and reads what the hop answers.
net::awaitable<bool> ClientHop::exchange(Connection& connection, SteadyTime deadline) {
  set_timeout(connection.stream, std::min(settings_.timeout, connection.session.timeout()),
              deadline);
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

// A hop may give its answer early (a full disk); then the rest is not sent. Without its final dot
// the hop forgets a message.
net::awaitable<bool> ClientHop::send_body(Connection& connection, Errand& errand) {
  connection.body_begun = true;
  std::vector<char> block(kBlockBytes);
  std::string stuffed;
  smtp::DotWriter dots;
  for (;;) {
    const auto n = errand.bytes.read(block);
    if (!n) {
      log_error("spool", {{"error", n.error().message}});
      co_return false;
    }
    stuffed.clear();
    if (*n > 0) {
      dots.feed({block.data(), *n}, stuffed);
    } else {
      if (system_clock().steady() >= errand.last_dot) co_return false;
      if (errand.message.has_client_left()) {
        connection.session.give_up(kClientLeft);
        co_return true;
      }
      dots.finish(stuffed);
      connection.dot_sent = true;
    }
    set_timeout(connection.stream, settings_.timeout,
                connection.dot_sent ? errand.message.answer_by : errand.last_dot);
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
