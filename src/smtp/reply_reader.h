// smtp/reply_reader.h: replies of a next hop, from bytes of any length.
//
//   reader.feed(bytes);  while (auto reply = reader.next()) use(*reply);  if (reader.broken())
//   give_up();
//
// Memory: kTextBytesMax + kLineBytesMax; what is fed is read at once, replies wait in a list of
// kWaitingMax. Broken input: a line without a code 200–599, a code that changes within a reply, a
// line over kLineBytesMax or a reply over kLinesMax lines sets broken(); nothing is read after it.
// Text over kTextBytesMax is cut. Bare LF ends a line here: replies carry no mail. Standards: RFC
// 5321 §4.2, §4.2.1.

#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/reply.h"

namespace sekisho::smtp {

class ReplyReader {
 public:
  static constexpr size_t kLineBytesMax = 4096;
  static constexpr size_t kTextBytesMax = 4096;
  static constexpr size_t kLinesMax = 256;
  static constexpr size_t kWaitingMax = 2000;

  void reset();
  void feed(std::string_view bytes);
  std::optional<Reply> next();
  bool broken() const { return broken_; }
  bool empty() const { return line_.empty() && waiting_.empty() && lines_ == 0; }

 private:
  void on_line(std::string_view line);

  std::string line_;
  Reply reply_;
  size_t lines_ = 0;
  std::deque<Reply> waiting_;
  bool broken_ = false;
};

}  // namespace sekisho::smtp
