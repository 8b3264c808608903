#include "unit/smtp/dialogue_player.h"

#include <algorithm>

#include "base/bytes.h"
#include "smtp/dot_writer.h"

namespace sekisho::smtp {

using Kind = DialogueStep::Kind;

DialoguePlayer::DialoguePlayer(const Dialogue& dialogue, Pace pace)
    : dialogue_(dialogue),
      pace_(pace),
      session_(dialogue.options),
      verdicts_(dialogue.verdicts),
      hop_(dialogue.hop_answers, dialogue.hop_is_lmtp) {}

std::string DialoguePlayer::play() {
  session_.greet();
  collect_output();
  if (dialogue_.steps.front().kind != Kind::kExpect) replies_.clear();
  std::vector<std::string>
      expected;  // held back until the input before a T: or the end was sent at once
  std::string input;
  const auto settle = [&] {
    if (!input.empty()) send(input);
    input.clear();
    for (const std::string& text : expected) expect(text);
    expected.clear();
  };
  Kind before = Kind::kExpect;
  for (const DialogueStep& step : dialogue_.steps) {
    const bool turn = step.kind != Kind::kExpect && before == Kind::kExpect;
    if (turn && pace_ != Pace::kAtOnce && matched_ != replies_.size())
      fail("unexpected " + replies_[matched_]);
    if (step.kind == Kind::kTime) {
      settle();
      pass(step.time);
    } else if (pace_ == Pace::kAtOnce) {
      if (step.kind == Kind::kInput) input += step.text;
      if (step.kind == Kind::kExpect) expected.push_back(step.text);
    } else {
      if (step.kind == Kind::kInput) send(step.text);
      if (step.kind == Kind::kExpect) expect(step.text);
    }
    before = step.kind;
  }
  settle();
  if (matched_ != replies_.size()) fail("unexpected " + replies_[matched_]);
  if (dialogue_.expects_hop) {
    std::string seen;
    for (const std::string& line : hop_.lines()) seen += "\n  " + line;
    if (hop_.lines() != dialogue_.hop_lines) fail("the next hop got:" + seen);
  }
  return failure_;
}

void DialoguePlayer::send(const std::string& bytes) {
  idle_ = {};
  const size_t step = pace_ == Pace::kBytes ? 1 : bytes.size();
  for (size_t at = 0; at < bytes.size(); at += step) {
    const std::string piece = bytes.substr(at, step);  // its own memory: what outlives it is found
    session_.feed(piece);
    pump();
  }
}

void DialoguePlayer::pass(std::chrono::seconds time) {
  idle_ += time;
  if (idle_ >= session_.timeout()) session_.on_timeout();
  pump();
}

void DialoguePlayer::pump() {
  while (const std::optional<ServerEvent> event = session_.next()) {
    act(*event);
    if (event->kind != ServerEvent::Kind::kClose) continue;
    collect_output();
    replies_.push_back("(closed)");
  }
  collect_output();
}

void DialoguePlayer::act(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEvent::Kind::kMail:
      envelope_ = {};
      envelope_.sender = event.sender ? event.sender->text() : "";
      envelope_.body8bit = event.body8bit;
      envelope_.smtputf8 = event.smtputf8;
      return answer("MAIL", {250, "2.1.0", "Sender ok"});
    case ServerEvent::Kind::kRcpt:
      return on_rcpt(event.recipient);
    case ServerEvent::Kind::kDataBegin:
      body_.clear();
      return answer("DATA", {354, "", "Go on"});
    case ServerEvent::Kind::kChunk:
      body_ += event.bytes;
      if (body_.size() > dialogue_.options.message_bytes_max) fail("chunks over the size limit");
      return;
    case ServerEvent::Kind::kMessageEnd:
      return on_message_end();
    case ServerEvent::Kind::kReset:
    case ServerEvent::Kind::kClose:
      envelope_ = {};
      body_.clear();
  }
}

void DialoguePlayer::answer(const std::string& verb, const Reply& usual) {
  auto& told = verdicts_[verb];
  if (told.empty()) return session_.answer(usual);
  const std::optional<Reply> reply = parse_reply(told.front());
  told.pop();
  if (!reply) return fail("V: is no reply");
  session_.answer(*reply);
}

void DialoguePlayer::on_rcpt(const mail::Address& recipient) {
  constexpr std::string_view kMailboxes[] = {"alice", "bob",        "carol",
                                             "a b",   "postmaster", "jos\xc3\xa9"};
  const bool ours = recipient.domain == "example.test" || recipient.domain == "[192.0.2.1]" ||
                    recipient.domain.empty();
  if (!ours) return answer("RCPT", {554, "5.7.1", "No relaying"});
  const std::string local = to_lower(recipient.local);
  if (std::find(std::begin(kMailboxes), std::end(kMailboxes), local) == std::end(kMailboxes))
    return answer("RCPT", {550, "5.1.1", "No such mailbox"});
  envelope_.recipients.push_back(recipient.text());
  answer("RCPT", {250, "2.1.5", "Recipient ok"});
}

void DialoguePlayer::on_message_end() {
  if (!verdicts_["END"].empty()) return answer("END", {});
  session_.answer(deliver());
}

Reply DialoguePlayer::deliver() {
  envelope_.size = body_.size();
  if (!client_ || !client_->reusable()) {
    ClientOptions options;
    options.hostname = dialogue_.options.hostname;
    options.lmtp = dialogue_.hop_is_lmtp;
    client_ = std::make_unique<ClientSession>(options);
    hop_.connect();
  }
  client_->start(envelope_);
  converse();
  const std::vector<RecipientResult> results = client_->results();
  if (results.size() != envelope_.recipients.size()) fail("not one result for each recipient");
  const auto differs = [&results](const RecipientResult& r) {
    return r.reply != results.front().reply;
  };
  if (std::any_of(results.begin(), results.end(), differs))
    return {451, "4.3.0", "Recipients differ"};
  return results.front().reply;
}

void DialoguePlayer::converse() {
  const auto hear = [this](const std::string& bytes) {
    const size_t step = pace_ == Pace::kBytes ? 1 : std::max<size_t>(bytes.size(), 1);
    for (size_t at = 0; at < bytes.size(); at += step) client_->feed(bytes.substr(at, step));
  };
  while (!client_->finished()) {
    const std::string heard = hop_.take_output();
    hear(heard);
    std::string sent;
    sent.swap(client_->output());
    hop_.feed(sent);
    if (client_->wants_body()) {
      std::string stuffed;
      DotWriter dots;
      dots.feed(body_, stuffed);
      hop_.feed(stuffed);
      hear(hop_.take_output());
      if (!client_->wants_body()) continue;
      stuffed.clear();
      dots.finish(stuffed);
      hop_.feed(stuffed);
      client_->body_sent();
    } else if (heard.empty() && sent.empty()) {
      client_->on_disconnect();  // the hop hung up, or has nothing more to say
    }
  }
}

void DialoguePlayer::collect_output() {
  std::string& out = session_.output();
  for (size_t end; (end = out.find("\r\n")) != std::string::npos; out.erase(0, end + 2))
    replies_.push_back(out.substr(0, end));
}

void DialoguePlayer::expect(const std::string& text) {
  const bool open = text.ends_with("...");
  const std::string start = open ? text.substr(0, text.size() - 3) : text;
  if (matched_ == replies_.size()) return fail("no reply where expected: " + text);
  // "250 ..." takes all lines of a reply.
  while (open && start.size() == 4 && matched_ + 1 < replies_.size() &&
         replies_[matched_].starts_with(start.substr(0, 3) + "-"))
    ++matched_;
  const std::string& reply = replies_[matched_++];
  if (open ? !reply.starts_with(start) : reply != start)
    fail("expected " + text + "\n  but got  " + reply);
}

void DialoguePlayer::fail(const std::string& what) {
  failure_ += (failure_.empty() ? "" : "\n") + what;
}

}  // namespace sekisho::smtp
