// codec/yenc.h: yEnc → bytes, while it streams.
//
// Reads the lines between "=ybegin" and "=yend"; text around is skipped, and several files or parts
// give their bytes one behind the other. Sizes and checksums are not compared: what a lenient
// client would write to disk is what counts.
//
// Memory: one keyword line of at most kKeywordBytesMax.  Output: never longer than the input.
// Broken input: never fails.  Standards: yEnc 1.3.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::codec {

class YencDecoder {
 public:
  static constexpr size_t kKeywordBytesMax = 1024;

  void reset();
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  unsigned defects() const { return defects_; }
  // Of the file begun last; empty before the first.
  const std::string& name() const { return name_; }

 private:
  enum class State {
    kLineStart,
    kLineStartEscape,  // "=" there: a keyword, or data
    kKeyword,
    kInLine,
    kEscape,
  };

  void start_of_line(char c, std::string& out);
  void give(unsigned char byte, std::string& out);
  size_t take_run(std::string_view in, std::string& out);
  void end_keyword();

  State state_ = State::kLineStart;
  bool inside_ = false;
  unsigned defects_ = 0;
  std::string keyword_;
  std::string name_;
};

}  // namespace sekisho::codec
