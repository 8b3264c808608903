#include "smtp/reply_reader.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::smtp {

void ReplyReader::reset() { *this = ReplyReader(); }

void ReplyReader::feed(std::string_view bytes) {
  while (!bytes.empty() && !broken_) {
    const size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > kLineBytesMax) {
      broken_ = true;
      return;
    }
    line_ += piece;
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    on_line(line_);
    line_.clear();
  }
}

void ReplyReader::on_line(std::string_view line) {
  const bool well_formed = line.size() >= 3 && line[0] >= '2' && line[0] <= '5' &&
                           is_digit(line[1]) && is_digit(line[2]) &&
                           (line.size() == 3 || line[3] == ' ' || line[3] == '-');
  const int code = well_formed ? (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0') : 0;
  // RFC 5321 §4.2.1: each line has the same code. One that changes could be read as yes and as no.
  if (code == 0 || (lines_ > 0 && code != reply_.code) || ++lines_ > kLinesMax ||
      waiting_.size() >= kWaitingMax) {
    broken_ = true;
    return;
  }
  const bool last = line.size() == 3 || line[3] == ' ';
  line.remove_prefix(std::min<size_t>(4, line.size()));
  const std::string enhanced = take_enhanced_code(code, line);
  if (reply_.code == 0) reply_.enhanced = enhanced;
  if (reply_.code != 0) reply_.text += '\n';
  reply_.code = code;
  if (reply_.text.size() + line.size() <= kTextBytesMax) reply_.text += line;
  if (!last) return;
  waiting_.push_back(std::move(reply_));
  reply_ = Reply();
  lines_ = 0;
}

std::optional<Reply> ReplyReader::next() {
  if (waiting_.empty()) return std::nullopt;
  Reply reply = std::move(waiting_.front());
  waiting_.pop_front();
  return reply;
}

}  // namespace sekisho::smtp
