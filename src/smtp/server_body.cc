// The part of ServerSession that reads bodies: DATA (RFC 5321 §4.1.1.4) and BDAT (RFC 3030 §2).

#include <algorithm>
#include <utility>

#include "smtp/server_session.h"

namespace sekisho::smtp {

using Kind = ServerEvent::Kind;

void ServerSession::on_data() {
  if (state_ != State::kRcpt) return say_error(sequence_error());
  ask(Kind::kDataBegin, Awaiting::kData);
}

Reply ServerSession::sequence_error() const {
  // RFC 3030 §2: DATA and BDAT can't be mixed in one transaction
  if (state_ == State::kBdat || state_ == State::kBdatFailed)
    return {503, "5.5.1", "BDAT has begun"};
  if (state_ == State::kMail && recipients_refused_ > 0)
    return {554, "5.5.1", "No valid recipients"};
  return {503, "5.5.1", state_ == State::kMail ? "Send RCPT first" : "Send MAIL first"};
}

void ServerSession::on_data_answer(const Reply& reply) {
  if (reply.code >= 400) {
    say(reply);
    void_transaction(reply);
    return clear_transaction(State::kIdle);
  }
  say({354, "", "End data with <CR><LF>.<CR><LF>"});
  begin_body(Framing::kDots, State::kDotBody);
}

void ServerSession::begin_body(Framing framing, State state) {
  reader_.reset(framing);
  state_ = state;
}

void ServerSession::on_bdat(const Command& command) {
  chunk_left_ = chunk_bytes_ = command.chunk_bytes;
  chunk_last_ = command.chunk_last;
  if (state_ == State::kRcpt) return ask(Kind::kDataBegin, Awaiting::kBdat);
  if (state_ == State::kBdat) {
    state_ = State::kBdatChunk;
    return;
  }
  // The octets follow without waiting for a reply, so they are read over whatever the reply is.
  if (state_ == State::kBdatFailed) return refuse_bdat(bdat_refusal_);
  bdat_refusal_ = sequence_error();
  after_swallow_ = state_;
  state_ = State::kBdatSwallow;
}

void ServerSession::on_bdat_answer(const Reply& reply) {
  if (reply.code < 400) return begin_body(Framing::kOctets, State::kBdatChunk);
  void_transaction(reply);
  clear_transaction(State::kIdle);
  refuse_bdat(reply);
}

// Reads over what is left of the chunk, then says `reply`, as it will to each further chunk.
void ServerSession::refuse_bdat(Reply reply) {
  bdat_refusal_ = std::move(reply);
  after_swallow_ = chunk_last_ ? State::kIdle : State::kBdatFailed;
  state_ = State::kBdatSwallow;
}

bool ServerSession::swallow_bdat_chunk() {
  const auto bytes = static_cast<size_t>(std::min<uint64_t>(chunk_left_, input_.view().size()));
  input_.consume(bytes);
  chunk_left_ -= bytes;
  if (chunk_left_ > 0) return false;
  state_ = after_swallow_;
  if (bdat_refusal_.code == 503) {
    say_error(bdat_refusal_);
  } else {
    say(bdat_refusal_);
  }
  return true;
}

bool ServerSession::read_dot_body() {
  const size_t before = input_.view().size();
  reader_.feed(input_.view());
  const std::optional<std::string_view> chunk = reader_.next();
  input_.consume(before - reader_.rest().size());
  if (chunk) {
    take_chunk(*chunk);
    return true;
  }
  if (!reader_.ended()) return false;
  const Reply refusal = body_refusal();
  if (refusal.code == 0) {
    ask(Kind::kMessageEnd, Awaiting::kMessageEnd);
    return true;
  }
  say(refusal);
  void_transaction(refusal);
  clear_transaction(State::kIdle);
  return true;
}

bool ServerSession::read_bdat_chunk() {
  const std::string_view view =
      input_.view().substr(0, static_cast<size_t>(std::min<uint64_t>(chunk_left_, SIZE_MAX)));
  reader_.feed(view);
  const std::optional<std::string_view> chunk = reader_.next();
  const size_t bytes = view.size() - reader_.rest().size();
  input_.consume(bytes);
  chunk_left_ -= bytes;
  if (chunk) {
    take_chunk(*chunk);
    return true;
  }
  if (chunk_left_ > 0) return false;
  if (chunk_last_ && !reader_.ended()) {
    reader_.finish();
    return true;
  }
  on_bdat_chunk_end();
  return true;
}

void ServerSession::on_bdat_chunk_end() {
  const Reply refusal = body_refusal();
  if (refusal.code != 0) {
    void_transaction(refusal);
    clear_transaction(State::kIdle);
    return refuse_bdat(refusal);
  }
  if (chunk_last_) return ask(Kind::kMessageEnd, Awaiting::kMessageEnd);
  state_ = State::kBdat;
  say({250, "2.0.0", std::to_string(chunk_bytes_) + " octets received"});
}

void ServerSession::take_chunk(std::string_view chunk) {
  received_.feed(chunk);
  const uint64_t room = message_bytes_max_ - std::min(message_bytes_, message_bytes_max_);
  if (chunk.size() > room) {
    too_large_ = true;
    chunk = chunk.substr(0, static_cast<size_t>(room));
  }
  message_bytes_ += chunk.size();
  if (chunk.empty()) return;
  queue(Kind::kChunk);
  queued_->bytes = chunk;
}

// What the protocol has against the body; code 0 when nothing.
Reply ServerSession::body_refusal() const {
  if (reader_.bare_line_end() && options_.bare_line_end == BareLineEnd::kReject)
    return {554, "5.6.0", "Bare CR or LF in message (RFC 5321 section 2.3.8)"};
  if (too_large_) return {552, "5.3.4", "Message too large"};
  if (received_.count() > options_.received_max)
    return {554, "5.4.6", "Too many Received fields, mail loops"};
  return {};
}

}  // namespace sekisho::smtp
