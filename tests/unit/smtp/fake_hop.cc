#include "unit/smtp/fake_hop.h"

#include <algorithm>

namespace sekisho::smtp {

void FakeHop::connect() {
  input_.clear();
  output_.clear();
  dropped_ = in_body_ = false;
  accepted_ = 0;
  answer("BANNER", "220 hop.example ESMTP");
}

std::string FakeHop::take_output() {
  std::string out;
  out.swap(output_);
  return out;
}

void FakeHop::feed(std::string_view bytes) {
  if (in_body_ && answers_.contains("BODY")) answer("BODY", "");
  input_ += bytes;
  for (size_t end; !dropped_ && (end = input_.find("\r\n")) != std::string::npos;) {
    const std::string line = input_.substr(0, end);
    input_.erase(0, end + 2);
    on_line(line);
  }
}

void FakeHop::on_line(const std::string& line) {
  if (in_body_) {
    lines_.push_back(escape(line));
    if (line == ".") on_body_end();
    return;
  }
  on_command(line, line.substr(0, 4));
}

void FakeHop::on_command(const std::string& line, const std::string& verb) {
  if (verb == "EHLO" || verb == "LHLO") {
    answer(verb, "250-hop.example\n250-PIPELINING\n250-SIZE\n250-8BITMIME\n250-SMTPUTF8\n250 HELP");
    return;
  }
  if (verb == "HELO" || verb == "QUIT") {
    answer(verb, "250 hop.example");
    return;
  }
  lines_.push_back(escape(line));
  if (verb == "MAIL" || verb == "RSET") accepted_ = 0;
  if (verb == "DATA") {
    in_body_ = answer(verb, accepted_ > 0 ? "354 go on" : "503 5.5.1 nobody").starts_with("354");
  } else if (answer(verb, "250 2.0.0 ok").starts_with('2') && verb == "RCPT") {
    ++accepted_;
  }
}

void FakeHop::on_body_end() {
  in_body_ = false;
  const size_t replies = lmtp_ ? accepted_ : 1;
  for (size_t i = 0; i < replies && !dropped_; ++i) answer("END", "250 2.0.0 Delivered");
  accepted_ = 0;
}

std::string FakeHop::answer(const std::string& verb, const std::string& usual) {
  std::string text = usual;
  if (auto& told = answers_[verb]; !told.empty()) {
    text = told.front();
    told.pop();
    if (told.empty()) answers_.erase(verb);
  }
  if (text == "drop") {
    dropped_ = true;
    return text;
  }
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    output_ += text.substr(begin, end - begin) + "\r\n";
    begin = end + 1;
  }
  return text;
}

}  // namespace sekisho::smtp
