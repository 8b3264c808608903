// A next hop that says yes to everything, or what it is told to say, and writes down what it gets.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/smtp/dialogue_file.h"

namespace sekisho::smtp {

class FakeHop {
 public:
  FakeHop(Answers answers, bool lmtp) : answers_(std::move(answers)), lmtp_(lmtp) {}

  void connect();  // a new connection: the banner waits in output()
  void feed(std::string_view bytes);
  std::string take_output();
  bool dropped() const { return dropped_; }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  void on_line(const std::string& line);
  void on_command(const std::string& line, const std::string& verb);
  void on_body_end();
  std::string answer(const std::string& verb, const std::string& usual);

  Answers answers_;
  bool lmtp_;
  std::string input_;
  std::string output_;
  bool dropped_ = false;
  bool in_body_ = false;
  size_t accepted_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace sekisho::smtp
