#include "codec/flowed_text.h"

#include <algorithm>

namespace sekisho::codec {
namespace {

constexpr size_t kEndBytes = 2;                 // a space and a CR: what may stand before the LF
constexpr std::string_view kSignature = "-- ";  // RFC 3676 §4.3

void drop_line_end(std::string& line) {
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
}

}  // namespace

void FlowedText::reset(Space space) {
  space_ = space;
  line_.clear();
  in_line_ = soft_ = false;
  depth_ = 0;
}

void FlowedText::feed(std::string_view utf8, std::string& out) {
  while (!utf8.empty()) {
    const size_t end = utf8.find('\n');
    const size_t wanted = end == std::string_view::npos ? utf8.size() : end + 1;
    const size_t taken = std::min(wanted, kLineBytesMax - line_.size());
    line_.append(utf8.substr(0, taken));
    utf8.remove_prefix(taken);
    if (line_.ends_with('\n'))
      end_line(out);
    else if (line_.size() == kLineBytesMax)
      pass_on(out);
  }
}

void FlowedText::finish(std::string& out) {
  if (!line_.empty() && !in_line_) begin_line(out);
  out += line_;
  reset(space_);
}

void FlowedText::begin_line(std::string& out) {
  in_line_ = true;
  const size_t depth = std::min(line_.find_first_not_of('>'), line_.size());
  line_.erase(0, depth);
  if (line_.starts_with(' ')) line_.erase(0, 1);  // RFC 3676 §4.4
  // RFC 3676 §4.5: a paragraph has one quote depth.
  const bool joins = soft_ && depth == depth_ && !line_.empty() && line_ != kSignature;
  depth_ = depth;
  if (joins) return;
  if (soft_) out += '\n';
  out.append(depth, '>');
  if (depth > 0 && !line_.empty()) out += ' ';
}

void FlowedText::end_line(std::string& out) {
  drop_line_end(line_);
  const bool begins = !in_line_;
  if (begins) begin_line(out);
  soft_ = line_.ends_with(' ') && !(begins && line_ == kSignature);
  if (soft_ && space_ == Space::kDeleted) line_.pop_back();
  out += line_;
  if (!soft_) out += '\n';
  line_.clear();
  in_line_ = false;
}

void FlowedText::pass_on(std::string& out) {
  if (!in_line_) begin_line(out);
  const size_t given = line_.size() - std::min(line_.size(), kEndBytes);
  out.append(line_, 0, given);
  line_.erase(0, given);
}

}  // namespace sekisho::codec
