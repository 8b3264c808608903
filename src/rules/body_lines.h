// rules/body_lines.h: the text of a message as `body` rules see it, line by line.
//
//   lines.feed(utf8, [](std::string_view line) { … });   lines.finish(…) at the end of a part
// As in SpamAssassin: a run of white space with two line ends in it breaks the paragraph; any other
// run is one space. A line is a paragraph and keeps its "\n"; one longer than kLineBytesMax is cut
// behind its last space. White space is Unicode's, so that U+3000 and U+00A0 separate words too.
// SpamAssassin joins parts with a line end; here a part's end ends the line, so that no match
// crosses parts.
//
// Memory: one line.  Broken input: bytes that aren't UTF-8 are kept as they are.
// Lifetime: a line is valid during the call.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::rules {

class BodyLines {
 public:
  static constexpr size_t kLineBytesMax = 2048;

  BodyLines() { line_.reserve(kLineBytesMax + 8); }

  template <typename OnLine>
  void feed(std::string_view utf8, OnLine&& on_line) {
    while (!utf8.empty()) {
      const size_t run = take_run(utf8);
      if (run == 0) take(utf8.front());
      utf8.remove_prefix(std::max<size_t>(run, 1));
      if (ready_) emit_ready(on_line);
    }
  }

  template <typename OnLine>
  void finish(OnLine&& on_line) {
    end_part();
    emit_ready(on_line);
    if (!line_.empty()) on_line(std::string_view(line_));
    reset();
  }

  void reset();

 private:
  template <typename OnLine>
  void emit_ready(OnLine&& on_line) {
    while (const size_t length = next_cut()) {
      on_line(std::string_view(line_).substr(0, length));
      line_.erase(0, length);
    }
    ready_ = false;
  }

  size_t take_run(std::string_view utf8);
  void take(char c);
  void take_text(char c);
  void take_space(bool is_line_end, bool is_blank);
  void end_space();
  void take_partial(char c);
  void flush_partial();
  void end_part();
  size_t next_cut() const;

  std::string line_;  // what has been made and not yet cut
  bool ready_ = false;
  std::array<char, 3> partial_{};  // a multi-byte white space that has begun
  uint8_t partial_size_ = 0;
  bool in_space_ = false;
  bool blank_before_ = false;  // before the first line end of the run
  bool blank_behind_ = false;  // behind its last one
  unsigned line_ends_ = 0;
};

}  // namespace sekisho::rules
