// codec/flowed_text.h: text in format=flowed as a client shows it: a paragraph is one line.
//
//   FlowedText f;  f.reset(FlowedText::Space::kKept);  f.feed(utf8, out); …  f.finish(out);
// Soft line ends are taken out, with DelSp=yes the space before them too; so is the space that
// stuffs a line. Quote marks stay at the begin of a paragraph. Lines end in LF.
//
// Memory: one line, kLineBytesMax of it; `out` grows by no more than its input.  Pure.
// Standard: RFC 3676 §4.1 to §4.5.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::codec {

class FlowedText {
 public:
  static constexpr size_t kLineBytesMax = 1024;  // longer ones pass through in pieces

  enum class Space { kKept, kDeleted };  // kDeleted: DelSp=yes
  void reset(Space space);
  void feed(std::string_view utf8, std::string& out);
  void finish(std::string& out);

 private:
  void begin_line(std::string& out);
  void end_line(std::string& out);
  void pass_on(std::string& out);

  Space space_ = Space::kKept;
  std::string line_;      // the present one, or what has not been given of it
  bool in_line_ = false;  // its begin has been given
  bool soft_ = false;     // the line before goes on
  size_t depth_ = 0;      // quote marks of the line before
};

}  // namespace sekisho::codec
