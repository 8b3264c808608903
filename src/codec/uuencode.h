// codec/uuencode.h: uuencode and begin-base64 → bytes, while it streams.
//
// Reads from a "begin" line with a mode and a name to "end" (or "====" for base64); text around is
// skipped, and several files give their bytes one behind the other. Blanks that a transport took
// away at the ends of lines are read as the zeros they stood for, as many as keep the output no
// longer than the input.
//
// Memory: one line of at most kLineBytesMax; a longer one is cut and sets kJunk.
// Output: never longer than the input.  Broken input: never fails.  Standards: POSIX uuencode.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/base64.h"

namespace sekisho::codec {

class UuDecoder {
 public:
  static constexpr size_t kLineBytesMax = 1024;

  void reset();
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  unsigned defects() const { return defects_ | base64_defects_; }
  // Of the file begun last, as its "begin" line has it; empty before the first.
  const std::string& name() const { return name_; }

 private:
  enum class State { kOutside, kBody, kBase64Body };

  void end_line(std::string& out);
  void on_line(std::string_view line, std::string& out);
  void on_outside(std::string_view line);
  void on_body(std::string_view line, std::string& out);
  void on_base64_body(std::string_view line, std::string& out);

  State state_ = State::kOutside;
  unsigned defects_ = 0;
  unsigned base64_defects_ = 0;
  uint64_t spare_ = 0;  // bytes that came minus bytes given out
  std::string line_;
  std::string name_;
  Base64Decoder base64_;
};

}  // namespace sekisho::codec
