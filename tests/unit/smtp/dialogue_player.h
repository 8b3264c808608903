// Plays a dialogue file to a server session, with a small gateway behind it: it knows four
// mailboxes, gives the verdicts of the file and hands mail to a FakeHop through a ClientSession.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "smtp/client_session.h"
#include "smtp/server_session.h"
#include "unit/smtp/dialogue_file.h"
#include "unit/smtp/fake_hop.h"

namespace sekisho::smtp {

enum class Pace { kLines, kBytes, kAtOnce };

class DialoguePlayer {
 public:
  DialoguePlayer(const Dialogue& dialogue, Pace pace);

  // "" when all went as the file says; otherwise what did not.
  std::string play();

 private:
  void send(const std::string& bytes);
  void pass(std::chrono::seconds time);
  void pump();
  void act(const ServerEvent& event);
  void answer(const std::string& verb, const Reply& usual);
  void on_rcpt(const mail::Address& recipient);
  void on_message_end();
  Reply deliver();
  void converse();
  void expect(const std::string& text);
  void collect_output();
  void fail(const std::string& what);

  const Dialogue& dialogue_;
  Pace pace_;
  ServerSession session_;
  Answers verdicts_;
  FakeHop hop_;
  std::unique_ptr<ClientSession> client_;
  ClientEnvelope envelope_;
  std::string body_;
  std::chrono::seconds idle_{};
  std::vector<std::string> replies_;
  size_t matched_ = 0;
  std::string failure_;
};

}  // namespace sekisho::smtp
