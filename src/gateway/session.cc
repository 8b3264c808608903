#include "gateway/session.h"

#include <algorithm>

#include "base/log.h"
#include "gateway/store_hop.h"
#include "gateway/trace_fields.h"

namespace sekisho::gateway {
namespace {

using smtp::Reply;
using smtp::ServerEvent;

smtp::ServerOptions options_of(const config::Config& config) {
  const config::Smtp& smtp = config.smtp;
  smtp::ServerOptions options;
  options.hostname = config.hostname;
  options.message_bytes_max = smtp.message_bytes_max;
  options.recipients_max = smtp.recipients_max;
  options.errors_max = smtp.errors_max;
  options.commands_max = smtp.commands_max;
  options.line_bytes_max = smtp.line_bytes_max;
  options.received_max = smtp.received_max;
  options.bare_line_end = smtp.bare_line_end == config::BareLineEnd::kNormalize
                              ? smtp::BareLineEnd::kNormalize
                              : smtp::BareLineEnd::kReject;
  options.command_timeout = smtp.command_timeout;
  options.data_timeout = smtp.data_timeout;
  return options;
}

double milliseconds_since(SteadyTime start) {
  return std::chrono::duration<double, std::milli>(system_clock().steady() - start).count();
}

// The protocol refuses what is too large for everybody; what is too large for somebody is found
// here.
uint64_t smallest_limit(const Transaction& transaction) {
  uint64_t bytes = config::kMessageBytesMax;
  for (const AcceptedRecipient& recipient : transaction.recipients)
    bytes = std::min(bytes, recipient.domain->plan.message_bytes_max);
  return bytes;
}

constexpr std::chrono::seconds kWriteTimeout{120};
constexpr std::chrono::seconds kLastWriteTimeout{2};
const Reply kTooLarge{552, "5.3.4", "Message is larger than the recipient accepts"};

}  // namespace

Session::Session(Services& services, net::Stream stream, std::string client)
    : services_(services),
      active_(services.active),
      stream_(std::move(stream)),
      client_(std::move(client)),
      protocol_(options_of(active_->config)),
      spool_(services.spool_files) {}

net::awaitable<void> Session::run() {
  if (stream_.has_input()) {
    protocol_.close({554, "5.5.1", "You talk before you are greeted"});  // RFC 5321 §4.3.1
  } else {
    protocol_.greet();
  }
  bool alive = co_await flush();
  while (alive && !protocol_.closed()) alive = co_await turn();
  if (!protocol_.closed() && protocol_.in_transaction())
    log_info("client left", {{"id", transaction_.id},
                             {"client", client_},
                             {"helo", protocol_.helo()},
                             {"from", transaction_.sender},
                             {"recipients", transaction_.recipients.size()},
                             {"size", spool_.size()}});
  stream_.close();
}

void Session::shut_down() {
  shutting_down_ = true;
  if (waiting_ && !protocol_.in_transaction()) stream_.cancel();
}

void Session::end() {
  shutting_down_ = ending_ = true;
  stream_.cancel();
}

// A read may not last longer than timeout(); and a client that sends a byte now and then doesn't
// stay for ever: a command has its time as a whole, a body its rate.
std::chrono::nanoseconds Session::read_timeout() const {
  const config::Smtp& smtp = active_->config.smtp;
  const std::chrono::nanoseconds waited = system_clock().steady() - waiting_since_;
  if (!protocol_.reads_body()) return protocol_.timeout() - waited;
  if (smtp.body_rate_min == 0) return protocol_.timeout();
  const std::chrono::duration<double> earned(static_cast<double>(bytes_since_) /
                                             static_cast<double>(smtp.body_rate_min));
  return std::min<std::chrono::nanoseconds>(
      protocol_.timeout(),
      protocol_.timeout() - waited + std::chrono::duration_cast<std::chrono::nanoseconds>(earned));
}

// One read, all events it gives, one write of the replies.
net::awaitable<bool> Session::turn() {
  buffer_.resize(in_body_ ? kBodyBytes : kCommandBytes);
  if (!in_body_) buffer_.shrink_to_fit();
  stream_.set_timeout(read_timeout());
  waiting_ = true;
  const auto n = co_await stream_.read_some(buffer_);
  waiting_ = false;
  if (n && *n == 0) co_return false;
  if (n) {
    bytes_since_ += *n;
    protocol_.feed({buffer_.data(), *n});
  } else if (n.error().code == ETIMEDOUT) {
    protocol_.on_timeout();
  } else if (!shutting_down_) {
    co_return false;
  }
  // Commands wait while much output does: after each write the rest of what was read goes on.
  bool alive = true;
  bool said_something = true;
  while (alive && said_something) {
    while (auto event = protocol_.next()) co_await handle(*event);
    if (shutting_down_ && (ending_ || !protocol_.in_transaction()) && !protocol_.closed())
      protocol_.close({421, "4.3.2", "Service is shutting down"});
    said_something = !protocol_.output().empty();
    alive = co_await flush();
  }
  co_return alive;
}

net::awaitable<bool> Session::flush() {
  if (protocol_.output().empty()) co_return true;
  const std::string out = std::move(protocol_.output());
  protocol_.output().clear();
  stream_.set_timeout(
      ending_ ? kLastWriteTimeout
              : kWriteTimeout);  // also after a read has timed out: the client gets its 421
  const auto written = co_await stream_.write(out);
  waiting_since_ = system_clock().steady();
  bytes_since_ = 0;
  co_return written.has_value();
}

net::awaitable<void> Session::handle(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEvent::Kind::kMail:
      on_mail(event);
      break;
    case ServerEvent::Kind::kRcpt:
      on_rcpt(event);
      break;
    case ServerEvent::Kind::kDataBegin:
      on_data_begin();
      break;
    case ServerEvent::Kind::kChunk:
      on_chunk(event.bytes);
      break;
    case ServerEvent::Kind::kMessageEnd:
      co_await on_message_end();
      break;
    case ServerEvent::Kind::kReset:
    case ServerEvent::Kind::kClose:
      on_reset(event);
      break;
  }
}

void Session::on_mail(const ServerEvent& event) {
  end_transaction();
  active_ = services_.active;
  transaction_.id = make_message_id(system_clock().wall());
  transaction_.sender = event.sender ? event.sender->text() : "";
  transaction_.declared_bytes = event.size;
  transaction_.body8bit = event.body8bit;
  transaction_.smtputf8 = event.smtputf8;
  protocol_.accept();
}

void Session::on_rcpt(const ServerEvent& event) {
  const route::Resolution resolution = active_->router.resolve(event.recipient);
  if (!resolution.accepted()) {
    log_info("recipient refused", {{"id", transaction_.id},
                                   {"client", client_},
                                   {"from", transaction_.sender},
                                   {"to", event.recipient.text()},
                                   {"reply", resolution.reply}});
    const auto reply = smtp::parse_reply(resolution.reply);
    return protocol_.answer(reply.value_or(Reply{550, "5.1.1", "No such mailbox"}));
  }
  if (transaction_.declared_bytes > resolution.domain->plan.message_bytes_max)
    return protocol_.answer(kTooLarge);
  const size_t policy = add_policy(inspect::policy_of(resolution.domain->plan));
  if (policy == inspect::kPoliciesMax)
    return protocol_.answer({452, "4.5.3", "Too many recipients with different settings"});
  transaction_.recipients.push_back(
      {event.recipient.text(), resolution.targets, resolution.domain, policy});
  protocol_.accept();
}

// The policy's index; kPoliciesMax when there is no place for one more.
size_t Session::add_policy(const inspect::Policy& policy) {
  auto& policies = transaction_.policies;
  const auto found = std::find(policies.begin(), policies.end(), policy);
  if (found != policies.end()) return static_cast<size_t>(found - policies.begin());
  if (policies.size() < inspect::kPoliciesMax)
    policies.push_back(policy);
  else
    return inspect::kPoliciesMax;
  return policies.size() - 1;
}

void Session::on_data_begin() {
  in_body_ = true;
  spool_failed_ = false;
  data_begun_ = system_clock().steady();
  protocol_.limit_message(transaction_.message_bytes_max());
  protocol_.accept();
}

// After a failed write the rest of the body is read and thrown away; the answer comes at its end.
void Session::on_chunk(std::string_view bytes) {
  if (spool_failed_) return;
  if (auto written = spool_.append(bytes); !written) {
    spool_failed_ = true;
    spool_error_ = written.error();
  }
}

Outgoing Session::outgoing() const {
  Trace trace{protocol_.helo(), client_, active_->config.hostname, protocol_.received_protocol(),
              transaction_.id,  {}};
  if (transaction_.recipients.size() == 1)
    trace.recipient = transaction_.recipients.front().address;
  Outgoing message;
  message.spool = spool_.read_fd();
  message.spool_bytes = spool_.size();
  message.sender = transaction_.sender;
  message.trace_fields = received_field(trace, system_clock().wall());
  message.smtputf8 = transaction_.smtputf8;
  message.body8bit = transaction_.body8bit;
  message.answer_by = answer_by_;
  // A client that closes after its message has given up: it would say QUIT (RFC 5321 §4.1.1.10).
  // One that has sent more and closed its half still reads, as `nc -N` does.
  message.client_left = [socket = stream_.native_handle(), said_more = protocol_.has_input()] {
    return said_more ? net::is_reset(socket) : net::has_peer_left(socket);
  };
  return message;
}

net::awaitable<void> Session::on_message_end() {
  in_body_ = false;
  answer_by_ = system_clock().steady() + active_->config.smtp.answer_timeout;
  if (!spool_failed_) {
    if (auto finished = spool_.finish(); !finished) {
      spool_failed_ = true;
      spool_error_ = finished.error();
    }
  }
  MessageRecord record{client_, protocol_.helo(), spool_.size(), milliseconds_since(data_begun_), 0,
                       0};
  inspect::Verdict verdict;
  DeliveryOutcome outcome;
  if (spool_failed_) {
    outcome.reply = storage_reply(spool_error_);
    outcome.action = "defer";
    outcome.reason = "spool";
  } else {
    outcome = co_await inspect_and_deliver(record, verdict);
  }
  log_message(transaction_, record, verdict, outcome);
  outcome.reply.text += " id=" + transaction_.id;
  protocol_.answer(outcome.reply);
  end_transaction();
}

net::awaitable<DeliveryOutcome> Session::inspect_and_deliver(MessageRecord& record,
                                                             inspect::Verdict& verdict) {
  const SteadyTime started = system_clock().steady();
  inspect::Job job{spool_.size(), transaction_.sender, protocol_.helo(), client_,
                   transaction_.policies};
  const int spool = spool_.read_fd();
  auto inspected = co_await services_.inspector.inspect(job, spool);
  record.inspect_ms = milliseconds_since(started);
  DeliveryOutcome outcome;
  if (!inspected) {
    log_error("not inspected", {{"id", transaction_.id}, {"error", inspected.error().message}});
    outcome.reply = {451, "4.3.0", "Message could not be inspected, try again later"};
    if (inspected.error().code == EAGAIN)
      outcome.reply = {451, "4.3.2", "Too much mail is waiting, try again later"};
    outcome.action = "defer";
    outcome.reason = "not inspected";
    co_return outcome;
  }
  verdict = std::move(*inspected);
  if (spool_.size() > smallest_limit(transaction_)) {
    outcome.reply = {451, "4.3.0",
                     "Recipients differ in what size they accept, send to each alone"};
    outcome.action = "mixed";
    outcome.reason = "size";
    co_return outcome;
  }
  const SteadyTime delivery_started = system_clock().steady();
  const Outgoing message = outgoing();
  outcome = co_await active_->delivery.deliver(transaction_, message, verdict);
  record.deliver_ms = milliseconds_since(delivery_started);
  co_return outcome;
}

void Session::on_reset(const ServerEvent& event) {
  if (event.reason.code >= 400)
    log_info("refused", {{"id", transaction_.id},
                         {"client", client_},
                         {"from", transaction_.sender},
                         {"reply", event.reason.summary()}});
  end_transaction();
}

void Session::end_transaction() {
  in_body_ = false;
  spool_.clear();
  transaction_ = {};
}

}  // namespace sekisho::gateway
