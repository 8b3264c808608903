// ClientSession against a hop that says anything. Every recipient ends with exactly one reply, none
// is accepted before the body was sent, DATA is only sent when all were accepted, and what is
// sent is well formed.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "smtp/client_session.h"

using namespace sekisho::smtp;

namespace {

void check_output(std::string& out, bool& body_allowed) {
  while (!out.empty()) {
    const size_t end = out.find("\r\n");
    SEKISHO_CHECK(end != std::string::npos && end >= 4);
    const std::string_view line = std::string_view(out).substr(0, end);
    const std::string_view verb = line.substr(0, 4);
    SEKISHO_CHECK(verb == "EHLO" || verb == "LHLO" || verb == "HELO" || verb == "MAIL" ||
                  verb == "RCPT" || verb == "DATA" || verb == "RSET");
    if (verb == "DATA") body_allowed = true;
    out.erase(0, end + 2);
  }
}

void run_transaction(ClientSession& session, std::string_view& in, uint8_t flags, size_t step) {
  ClientEnvelope envelope;
  envelope.sender = "s@a.example";
  for (size_t i = 0; i < 1u + flags % 4u; ++i) envelope.recipients.push_back("r@b.example");
  envelope.size = flags & 8 ? 5000 : 0;
  envelope.smtputf8 = flags & 16;
  envelope.body8bit = flags & 32;
  const size_t recipients = envelope.recipients.size();
  session.start(std::move(envelope));
  bool data_sent = false;
  bool body_sent = false;
  while (!session.finished()) {
    check_output(session.output(), data_sent);
    // A part of the hop's words may come while the body is on its way.
    if (session.wants_body() && !(in.starts_with('\0'))) {
      SEKISHO_CHECK(data_sent);
      session.body_sent();
      body_sent = true;
    }
    if (in.empty()) {
      session.on_disconnect();
      break;
    }
    session.feed(in.substr(0, step));
    in.remove_prefix(std::min(step, in.size()));
  }
  SEKISHO_CHECK(session.finished() && !session.wants_body());
  const auto results = session.results();
  SEKISHO_CHECK(results.size() == recipients);
  for (const RecipientResult& result : results) {
    const Reply& reply = result.reply;
    SEKISHO_CHECK(reply.code != 421 &&
                  (reply.positive() || reply.temporary() || reply.permanent()));
    SEKISHO_CHECK(!reply.positive() || body_sent);
  }
  check_output(session.output(), data_sent);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 3) return 0;
  ClientOptions options;
  options.hostname = "mx.example.test";
  options.lmtp = bytes[0] & 1;
  options.pipelining_allowed = bytes[0] & 2;
  ClientSession session(options);
  std::string_view in(reinterpret_cast<const char*>(bytes) + 3, size - 3);
  const size_t step = bytes[2] % 100u + 1;
  for (int mails = 0; mails < 3; ++mails) {
    run_transaction(session, in, bytes[1], step);
    if (!session.reusable()) break;
  }
  return 0;
}
