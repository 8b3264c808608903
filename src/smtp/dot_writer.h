// smtp/dot_writer.h: stuffs the dots of a body and ends it, for DATA to a next hop.
//
//   DotWriter writer;  writer.feed(chunk, out);  …  writer.finish(out);
//
// Appends to `out`. finish() completes the last line where its CRLF is missing and adds ".\r\n".
// A dot after a bare CR or LF is stuffed as well: a next hop that takes those for line ends is not
// to see an end of data there. Memory: none of its own.  Standards: RFC 5321 §4.5.2.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::smtp {

class DotWriter {
 public:
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);  // ready for the next body afterwards

 private:
  bool line_start_ = true;  // the last byte was CR or LF, or there was none
  bool after_cr_ = false;
  bool complete_ = true;  // the last bytes were CRLF, or there were none
};

}  // namespace sekisho::smtp
