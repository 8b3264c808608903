#include "smtp/server_session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sekisho::smtp {

using Kind = ServerEvent::Kind;

ServerSession::ServerSession(ServerOptions options)
    : options_(std::move(options)), reader_(options_.bare_line_end) {}

void ServerSession::greet() {
  if (state_ != State::kBanner) return;
  state_ = State::kStart;
  say({220, "", options_.hostname + " ESMTP"});
}

void ServerSession::feed(std::string_view bytes) {
  if (closed()) return;
  if (state_ == State::kBanner && !bytes.empty()) talked_early_ = true;
  input_.feed(bytes);
}

std::optional<ServerEvent> ServerSession::next() {
  while (!queued_ && !wants_answer() && step()) {
  }
  if (queued_) return std::exchange(queued_, std::nullopt);
  input_.keep();
  return std::nullopt;
}

bool ServerSession::step() {
  switch (state_) {
    case State::kBanner:
      return false;
    case State::kClosed:
      input_.clear();
      return false;
    case State::kDotBody:
      return read_dot_body();
    case State::kBdatChunk:
      return read_bdat_chunk();
    case State::kBdatSwallow:
      return swallow_bdat_chunk();
    default:
      return read_command();
  }
}

bool ServerSession::read_command() {
  if (skipping_line_ && !skip_line()) return false;
  if (output_.size() >= kOutputBytesMax) return false;
  const std::string_view view = input_.view();
  const size_t lf = view.substr(0, options_.line_bytes_max).find('\n');
  if (lf == std::string_view::npos) {
    if (view.size() < options_.line_bytes_max) return false;
    skipping_line_ = true;
    say_error({500, "5.5.2", "Line too long"});  // RFC 5321 §4.5.3.1.10
    return true;
  }
  std::string_view line = view.substr(0, lf);
  input_.consume(lf + 1);
  const bool bare = !line.ends_with('\r');
  if (bare && options_.bare_line_end == BareLineEnd::kReject) {
    // RFC 5321 §2.3.8. No command is looked for before the next CRLF: what stands there was
    // smuggled.
    skipping_line_ = true;
    say_error({500, "5.5.2", "Bare LF: a command ends with CR LF"});
    return true;
  }
  if (!bare) line.remove_suffix(1);
  on_line(line);
  return true;
}

// Reads over the rest of a refused line, of whatever length, without keeping it.
bool ServerSession::skip_line() {
  const std::string_view view = input_.view();
  const size_t end = view.find("\r\n");
  if (end == std::string_view::npos) {
    input_.consume(view.size() - (view.ends_with('\r') ? 1 : 0));
    return false;
  }
  input_.consume(end + 2);
  skipping_line_ = false;
  return true;
}

void ServerSession::on_line(std::string_view line) {
  if (++commands_ > options_.commands_max) return close({421, "4.7.0", "Too many commands"});
  ParsedCommand parsed = parse_command(line, smtputf8_);
  const Verb verb = parsed.command.verb;
  if (parsed.error.code == 0) return on_command(parsed.command);
  if (verb == Verb::kHttp) return close(std::move(parsed.error));
  // How many octets of a chunk follow is not known, and they must not be read as commands.
  if (verb == Verb::kBdat) return close(std::move(parsed.error));
  say_error(std::move(parsed.error));
}

void ServerSession::on_command(Command& command) {
  switch (command.verb) {
    case Verb::kHelo:
    case Verb::kEhlo:
      return on_hello(command);
    case Verb::kMail:
      return on_mail(command);
    case Verb::kRcpt:
      return on_rcpt(command);
    case Verb::kData:
      return on_data();
    case Verb::kBdat:
      return on_bdat(command);
    case Verb::kRset:
      return on_rset();
    case Verb::kNoop:
      return say({250, "2.0.0", "Ok"});
    case Verb::kQuit:
      return close({221, "2.0.0", "Bye"});
    case Verb::kVrfy:  // RFC 5321 §3.5.3: which mailboxes there are is told at RCPT alone
      return say({252, "2.0.0", "Cannot VRFY user, but will accept message and attempt delivery"});
    case Verb::kHelp:
      return say(
          {214, "2.0.0",
           "See RFC 5321. Commands: EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT"});
    case Verb::kUnimplemented:
    case Verb::kHttp:
    case Verb::kUnknown:
      break;  // parse_command() gave these an error
  }
}

void ServerSession::on_hello(const Command& command) {
  if (in_transaction()) void_transaction({});  // RFC 5321 §4.1.4: as if by RSET
  clear_transaction(State::kIdle);
  helo_ = command.argument;
  esmtp_ = command.verb == Verb::kEhlo;
  if (!esmtp_) return say({250, "", options_.hostname});
  say({250, "",
       options_.hostname + "\nPIPELINING\nSIZE " + std::to_string(options_.message_bytes_max) +
           "\n8BITMIME\nSMTPUTF8\nENHANCEDSTATUSCODES\nCHUNKING"});
}

void ServerSession::on_mail(Command& command) {
  if (state_ == State::kStart) return say_error({503, "5.5.1", "Send EHLO first"});
  if (state_ != State::kIdle && state_ != State::kBdatFailed)
    return say_error({503, "5.5.1", "Sender already given"});
  if (command.size > options_.message_bytes_max)  // RFC 1870 §6.1
    return say({552, "5.3.4", "Message too large"});
  clear_transaction(State::kIdle);
  smtputf8_ = command.smtputf8;
  ask(Kind::kMail, Awaiting::kMail);
  queued_->sender = std::move(command.address);
  queued_->size = command.size;
  queued_->body8bit = command.body8bit;
  queued_->smtputf8 = command.smtputf8;
}

void ServerSession::on_rcpt(Command& command) {
  if (state_ != State::kMail && state_ != State::kRcpt)
    return say_error({503, "5.5.1", state_ == State::kBdat ? "BDAT has begun" : "Send MAIL first"});
  if (recipients_ >= options_.recipients_max)  // RFC 5321 §4.5.3.1.10
    return say({452, "4.5.3", "Too many recipients"});
  ask(Kind::kRcpt, Awaiting::kRcpt);
  queued_->recipient = std::move(*command.address);
}

void ServerSession::on_rset() {
  if (in_transaction()) void_transaction({});
  clear_transaction(state_ == State::kStart ? State::kStart : State::kIdle);
  say({250, "2.0.0", "Ok"});
}

void ServerSession::answer(Reply reply) {
  SEKISHO_CHECK(wants_answer());
  if (reply.code == 421) return close(std::move(reply));  // RFC 5321 §4.2.1
  if (reply.enhanced.empty() && reply.code / 100 != 3)    // RFC 2034 §4
    reply.enhanced = std::to_string(reply.code / 100) + ".0.0";
  const Awaiting awaiting = std::exchange(awaiting_, Awaiting::kNone);
  if (awaiting == Awaiting::kData) return on_data_answer(reply);
  if (awaiting == Awaiting::kBdat) return on_bdat_answer(reply);
  // Refused recipients are errors, or addresses could be guessed for nothing.
  if (awaiting == Awaiting::kRcpt && reply.permanent()) {
    ++recipients_refused_;
    return say_error(std::move(reply));
  }
  say(reply);
  if (awaiting == Awaiting::kMail) {
    if (!reply.positive()) return clear_transaction(State::kIdle);
    state_ = State::kMail;
  } else if (awaiting == Awaiting::kRcpt) {
    ++(reply.positive() ? recipients_ : recipients_refused_);
    if (reply.positive()) state_ = State::kRcpt;
  } else {
    if (reply.positive()) errors_ = commands_ = 0;
    clear_transaction(State::kIdle);
  }
}

void ServerSession::accept() {
  switch (awaiting_) {
    case Awaiting::kMail:
      return answer({250, "2.1.0", "Sender ok"});
    case Awaiting::kRcpt:
      return answer({250, "2.1.5", "Recipient ok"});
    case Awaiting::kData:
    case Awaiting::kBdat:
      return answer({354, "", "End data with <CR><LF>.<CR><LF>"});
    case Awaiting::kMessageEnd:
    case Awaiting::kNone:
      return answer({250, "2.0.0", "Ok"});
  }
}

void ServerSession::limit_message(uint64_t bytes_max) {
  message_bytes_max_ = std::min(message_bytes_max_, bytes_max);
}

void ServerSession::close(Reply reply) {
  if (closed()) return;
  say(reply);
  state_ = State::kClosed;
  awaiting_ = Awaiting::kNone;
  input_.clear();
  queue(Kind::kClose, std::move(reply));
}

void ServerSession::on_timeout() { close({421, "4.4.2", options_.hostname + " Timeout, closing"}); }

bool ServerSession::in_transaction() const {
  return state_ == State::kMail || state_ == State::kRcpt || state_ == State::kDotBody ||
         state_ == State::kBdat || state_ == State::kBdatChunk;
}

bool ServerSession::reads_body() const {
  return state_ == State::kDotBody || state_ == State::kBdatChunk || state_ == State::kBdatSwallow;
}

std::chrono::seconds ServerSession::timeout() const {
  return reads_body() ? options_.data_timeout : options_.command_timeout;
}

std::string ServerSession::received_protocol() const {
  if (!esmtp_) return "SMTP";
  return smtputf8_ ? "UTF8SMTP" : "ESMTP";
}

void ServerSession::say(const Reply& reply) { output_ += reply.wire(); }

void ServerSession::say_error(Reply reply) {
  if (++errors_ >= options_.errors_max) return close({421, "4.7.0", "Too many errors"});
  say(reply);
}

void ServerSession::queue(Kind kind, Reply reason) {
  queued_.emplace();
  queued_->kind = kind;
  queued_->reason = std::move(reason);
}

void ServerSession::ask(Kind kind, Awaiting awaiting) {
  queue(kind);
  awaiting_ = awaiting;
}

void ServerSession::void_transaction(const Reply& reason) { queue(Kind::kReset, reason); }

// Forgets the transaction, whether it ended or is void.
void ServerSession::clear_transaction(State state) {
  state_ = state;
  smtputf8_ = too_large_ = false;
  recipients_ = recipients_refused_ = 0;
  message_bytes_max_ = options_.message_bytes_max;
  message_bytes_ = 0;
  received_.reset();
}

}  // namespace sekisho::smtp
