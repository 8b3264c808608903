// ServerSession under arbitrary input, answers and cuts. It never hangs, its replies are well
// formed, its events keep their order and its limits; and the same input gives the same events and
// replies however it is cut.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "smtp/server_session.h"

using namespace sekisho::smtp;
using Kind = ServerEvent::Kind;

namespace {

constexpr uint64_t kMessageBytesMax = 300;

class Player {
 public:
  Player(uint8_t seed, BareLineEnd mode) : seed_(seed), session_(options(mode)) {
    session_.greet();
  }

  void feed(std::string_view bytes) {
    const std::string own(bytes);
    session_.feed(own);
    while (const auto event = session_.next()) act(*event);
    check_output();
  }

  // Where events and replies stand to each other depends on the cut; each of the two orders does
  // not.
  std::string text() const { return events_ + replies_; }

 private:
  static ServerOptions options(BareLineEnd mode) {
    ServerOptions options;
    options.hostname = "mx.example.test";
    options.message_bytes_max = kMessageBytesMax;
    options.recipients_max = 5;
    options.errors_max = 10;
    options.commands_max = 50;
    options.line_bytes_max = 600;
    options.received_max = 2;
    options.bare_line_end = mode;
    return options;
  }

  void act(const ServerEvent& event) {
    SEKISHO_CHECK(!closed_);
    if (event.kind == Kind::kChunk) {
      SEKISHO_CHECK(!event.bytes.empty() && in_body_);
      body_ += event.bytes;
      SEKISHO_CHECK(body_.size() <= kMessageBytesMax);
      return;
    }
    events_ += "event " + std::to_string(static_cast<int>(event.kind)) + "\n";
    if (event.kind == Kind::kRcpt) SEKISHO_CHECK(in_mail_ && !in_body_);
    if (event.kind == Kind::kDataBegin) {
      SEKISHO_CHECK(recipients_ > 0 && !in_body_);
      in_body_ = true;
    }
    if (event.kind == Kind::kMessageEnd) {
      SEKISHO_CHECK(in_body_);
      check_body();
    }
    closed_ = event.kind == Kind::kClose;
    if (event.kind == Kind::kReset || closed_) forget();
    if (session_.wants_answer()) answer(event.kind);
  }

  void answer(Kind kind) {
    seed_ = static_cast<uint8_t>(seed_ * 5 + 1);
    const bool yes = seed_ % 4 != 0;
    if (kind == Kind::kMail) in_mail_ = yes;
    if (kind == Kind::kRcpt && yes) ++recipients_;
    if (kind == Kind::kMessageEnd) forget();
    if (yes) {
      session_.accept();
    } else {
      session_.answer({seed_ % 8 == 0 ? 451 : 550, "", "no"});
    }
  }

  // No bare CR or LF leaves, so that nothing can be smuggled to the next hop.
  void check_body() {
    for (size_t i = 0; i < body_.size(); ++i) {
      if (body_[i] == '\n') SEKISHO_CHECK(i > 0 && body_[i - 1] == '\r');
      if (body_[i] == '\r') SEKISHO_CHECK(i + 1 < body_.size() && body_[i + 1] == '\n');
    }
    events_ += "body " + body_ + "\n";
  }

  void check_output() {
    std::string& out = session_.output();
    replies_ += out;
    while (!out.empty()) {
      const size_t end = out.find("\r\n");
      SEKISHO_CHECK(end != std::string::npos && end >= 4 && end + 2 <= kReplyLineBytesMax);
      SEKISHO_CHECK(out[0] >= '2' && out[0] <= '5' && (out[3] == ' ' || out[3] == '-'));
      for (size_t i = 0; i < end; ++i) SEKISHO_CHECK(out[i] >= ' ' && out[i] <= '~');
      out.erase(0, end + 2);
    }
  }

  void forget() {
    in_mail_ = in_body_ = false;
    recipients_ = 0;
    body_.clear();
  }

  uint8_t seed_;
  ServerSession session_;
  std::string events_;
  std::string replies_;
  std::string body_;
  bool in_mail_ = false;
  bool in_body_ = false;
  bool closed_ = false;
  size_t recipients_ = 0;
};

std::string play(std::string_view in, size_t step, uint8_t seed, BareLineEnd mode) {
  Player player(seed, mode);
  for (size_t at = 0; at < in.size(); at += step) player.feed(in.substr(at, step));
  return player.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 4 || size > 20000) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const BareLineEnd mode = bytes[1] & 1 ? BareLineEnd::kNormalize : BareLineEnd::kReject;
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 3, size - 3);
  SEKISHO_CHECK(play(in, step, bytes[2], mode) == play(in, in.size(), bytes[2], mode));
  return 0;
}
