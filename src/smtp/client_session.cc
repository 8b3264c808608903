#include "smtp/client_session.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace sekisho::smtp {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }
bool is_8bit(char c) { return static_cast<signed char>(c) < 0; }

bool is_ascii(std::string_view s) { return std::none_of(s.begin(), s.end(), is_8bit); }

// An address that could end its command early is none that a parser of ours let through; it is not
// sent.
bool is_sendable(std::string_view address) {
  return std::none_of(address.begin(), address.end(), is_control);
}

Reply nonsense() { return {451, "4.5.0", "Next hop's reply makes no sense"}; }

}  // namespace

ClientSession::ClientSession(ClientOptions options) : options_(std::move(options)) {}

void ClientSession::start(ClientEnvelope envelope) {
  SEKISHO_CHECK(state_ == State::kIdle);
  envelope_ = std::move(envelope);
  replies_.assign(envelope_.recipients.size(), {});
  sent_ = answered_ = final_ = 0;
  mail_refused_ = finished_ = false;
  if (connected_) return begin_envelope();
  state_ = State::kBanner;
}

void ClientSession::feed(std::string_view bytes) {
  if (state_ == State::kClosed || bytes.empty()) return;
  reader_.feed(bytes);
  while (state_ != State::kClosed) {
    const std::optional<Reply> reply = reader_.next();
    if (!reply) break;
    on_reply(*reply);
  }
  if (reader_.broken()) fail_protocol();
}

void ClientSession::on_reply(const Reply& reply) {
  // RFC 5321 §3.8: 421 may stand in place of any reply, and ends the connection.
  if (reply.code == 421 && state_ != State::kQuit) return fail_hop(reply);
  switch (state_) {
    case State::kBanner:
      return on_banner(reply);
    case State::kEhlo:
    case State::kHelo:
      return on_hello(reply);
    case State::kEnvelope:
      return on_envelope_reply(reply);
    case State::kData:
      return on_data_reply(reply);
    case State::kBody:
      // Refused while it is still coming: the rest would be read as commands, so the connection is
      // given up.
      return on_early_reply(reply);
    case State::kFinal:
      return on_final_reply(reply);
    case State::kReset:
      return reply.positive() ? finish(State::kIdle) : finish(State::kClosed);
    case State::kIdle:  // nothing was asked
      return finish(State::kClosed);
    case State::kQuit:
    case State::kClosed:
      return finish(State::kClosed);
  }
}

void ClientSession::on_banner(const Reply& reply) {
  if (reply.code != 220) return fail_hop(reply);
  output_ += (options_.lmtp ? "LHLO " : "EHLO ") + options_.hostname + "\r\n";
  state_ = State::kEhlo;
}

void ClientSession::on_hello(const Reply& reply) {
  if (state_ == State::kEhlo && reply.permanent() && !options_.lmtp) {
    output_ += "HELO " + options_.hostname + "\r\n";  // RFC 5321 §3.2
    state_ = State::kHelo;
    return;
  }
  if (!reply.positive()) return fail_hop(reply);
  if (state_ == State::kEhlo) read_extensions(reply);
  connected_ = true;
  begin_envelope();
}

void ClientSession::read_extensions(const Reply& reply) {
  std::string_view rest = reply.text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string_view word = line.substr(0, line.find(' '));
    if (equals_ignore_case(word, "PIPELINING"))
      extensions_.pipelining = options_.pipelining_allowed;
    if (equals_ignore_case(word, "8BITMIME")) extensions_.eight_bit_mime = true;
    if (equals_ignore_case(word, "SMTPUTF8")) extensions_.smtputf8 = true;
    if (!equals_ignore_case(word, "SIZE")) continue;
    extensions_.size = true;
    const std::string_view value = trim(line.substr(word.size()));
    std::from_chars(value.data(), value.data() + value.size(),
                    extensions_.size_max);  // else 0: no limit told
  }
}

void ClientSession::begin_envelope() {
  if (refuse_undeliverable()) return finish(State::kIdle);
  state_ = State::kEnvelope;
  send_envelope();
}

// What is known to fail without asking. True when no recipient is left.
bool ClientSession::refuse_undeliverable() {
  const auto& recipients = envelope_.recipients;
  const bool utf8 = envelope_.smtputf8 || !is_ascii(envelope_.sender) ||
                    !std::all_of(recipients.begin(), recipients.end(), is_ascii);
  envelope_.smtputf8 = utf8;
  if (utf8 && !extensions_.smtputf8)  // RFC 6531 §3.5
    fail_open({550, "5.6.7", "Next hop does not support SMTPUTF8"});
  if (extensions_.size_max > 0 && envelope_.size > extensions_.size_max)  // RFC 1870 §6.3
    fail_open({552, "5.3.4", "Message too large for the next hop"});
  if (!is_sendable(envelope_.sender)) fail_open({553, "5.1.7", "Sender can't be sent"});
  for (size_t i = 0; i < recipients.size(); ++i)
    if (replies_[i].code == 0 && !is_sendable(recipients[i]))
      replies_[i] = {553, "5.1.3", "Recipient can't be sent"};
  return std::none_of(replies_.begin(), replies_.end(), [](const Reply& r) { return r.code == 0; });
}

// Sends as many commands of the envelope as may be on the way at once.
void ClientSession::send_envelope() {
  const size_t window = extensions_.pipelining ? kPipelinedMax : 1;
  const size_t commands = envelope_.recipients.size() + 1;
  while (sent_ < commands && sent_ - answered_ < window) {
    if (sent_ == 0) {
      send_mail();
    } else if (replies_[sent_ - 1].code == 0) {
      output_ += "RCPT TO:<" + envelope_.recipients[sent_ - 1] + ">\r\n";
    } else if (answered_ == sent_) {
      ++answered_;  // refused already: there is nothing to wait for
    } else {
      return;  // not before the replies on the way are here, so that they are counted right
    }
    ++sent_;
  }
  if (answered_ == commands) end_envelope();
}

void ClientSession::send_mail() {
  output_ += "MAIL FROM:<" + envelope_.sender + ">";
  if (extensions_.size && envelope_.size > 0) output_ += " SIZE=" + std::to_string(envelope_.size);
  // To a hop without 8BITMIME 8-bit mail goes as it is: none is known to damage it, and a rewritten
  // body would break its signatures.
  if (extensions_.eight_bit_mime && envelope_.body8bit) output_ += " BODY=8BITMIME";
  if (envelope_.smtputf8) output_ += " SMTPUTF8";
  output_ += "\r\n";
}

void ClientSession::on_envelope_reply(const Reply& reply) {
  if (sent_ == answered_ || reply.code / 100 == 3) return fail_protocol();
  const size_t command = answered_++;
  if (command == 0) {
    mail_refused_ = !reply.positive();
    if (mail_refused_) fail_open(reply);
  } else if (!mail_refused_) {
    if (!reply.positive()) replies_[command - 1] = reply;
  }
  send_envelope();
}

void ClientSession::end_envelope() {
  const auto refused = std::find_if(replies_.begin(), replies_.end(),
                                    [](const Reply& reply) { return reply.code != 0; });
  if (refused == replies_.end()) {
    output_ += "DATA\r\n";
    state_ = State::kData;
    return;
  }
  fail_open({451, "4.3.0", "Another recipient was refused: " + refused->summary()});
  output_ += "RSET\r\n";
  state_ = State::kReset;
}

void ClientSession::on_data_reply(const Reply& reply) {
  if (reply.code == 354) {
    state_ = State::kBody;
    return;
  }
  if (!reply.temporary() && !reply.permanent()) return fail_protocol();
  fail_open(reply);
  output_ += "RSET\r\n";
  state_ = State::kReset;
}

void ClientSession::on_early_reply(const Reply& reply) {
  if (!reply.temporary() && !reply.permanent()) return fail_protocol();
  if (!options_.lmtp) {
    fail_open(reply);
    return finish(State::kClosed);
  }
  replies_.front() = reply;  // RFC 2033 §4.2: it speaks of this recipient alone
  on_disconnect();
}

void ClientSession::body_sent() {
  if (state_ == State::kBody) state_ = State::kFinal;  // else the hop has given up already
}

void ClientSession::on_final_reply(const Reply& reply) {
  if (reply.code / 100 == 3) return fail_protocol();
  if (!options_.lmtp) {
    fail_open(reply);
    return finish(State::kIdle);
  }
  // RFC 2033 §4.2: one reply for each recipient, in the order of RCPT
  replies_[final_++] = reply;
  if (final_ == replies_.size()) finish(State::kIdle);
}

void ClientSession::give_up(const Reply& reply) {
  if (!finished_) fail_open(reply);
  finish(State::kClosed);
}

void ClientSession::on_disconnect() {
  if (!finished_) fail_open({451, "4.4.2", "Connection to the next hop was lost"});
  finish(State::kClosed);
}

void ClientSession::quit() {
  if (state_ != State::kIdle || !connected_) return;
  output_ += "QUIT\r\n";
  state_ = State::kQuit;
}

void ClientSession::fail_open(const Reply& reply) {
  for (Reply& open : replies_)
    if (open.code == 0) open = reply;
}

void ClientSession::fail_hop(const Reply& reply) {
  if (reply.code / 100 < 4) return fail_protocol();
  Reply told = reply;
  if (told.code != 421 && told.permanent()) {
    told.text = "Next hop refused the connection: " + reply.summary();
    told.enhanced.clear();
  }
  told.code = 451;  // 421 would close our client's connection as well
  if (told.enhanced.empty()) told.enhanced = "4.4.1";
  fail_open(told);
  finish(State::kClosed);
}

void ClientSession::fail_protocol() {
  fail_open(nonsense());
  finish(State::kClosed);
}

void ClientSession::finish(State state) {
  state_ = state;
  finished_ = true;
}

std::vector<RecipientResult> ClientSession::results() const {
  std::vector<RecipientResult> results;
  for (size_t i = 0; i < replies_.size(); ++i)
    results.push_back({envelope_.recipients[i], replies_[i]});
  return results;
}

std::chrono::seconds ClientSession::timeout() const {
  switch (state_) {
    case State::kData:
      return std::chrono::minutes(2);  // RFC 5321 §4.5.3.2.4
    case State::kBody:
      return std::chrono::minutes(3);  // RFC 5321 §4.5.3.2.5
    case State::kFinal:
      return std::chrono::minutes(10);  // RFC 5321 §4.5.3.2.6
    default:
      return std::chrono::minutes(5);  // RFC 5321 §4.5.3.2.1–3
  }
}

}  // namespace sekisho::smtp
