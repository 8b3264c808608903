#include "smtp/dot_writer.h"

#include <algorithm>

namespace sekisho::smtp {

void DotWriter::feed(std::string_view in, std::string& out) {
  if (in.empty()) return;
  size_t begin = 0;
  for (size_t dot = in.find('.'); dot != std::string_view::npos; dot = in.find('.', dot + 1)) {
    const bool line_start = dot == 0 ? line_start_ : in[dot - 1] == '\n' || in[dot - 1] == '\r';
    if (!line_start) continue;
    out.append(in, begin, dot - begin);
    out += '.';
    begin = dot;
  }
  out.append(in, begin);
  complete_ = in.back() == '\n' && (in.size() > 1 ? in[in.size() - 2] == '\r' : after_cr_);
  after_cr_ = in.back() == '\r';
  line_start_ = in.back() == '\n' || after_cr_;
}

void DotWriter::finish(std::string& out) {
  out += complete_ ? ".\r\n" : "\r\n.\r\n";
  *this = DotWriter();
}

}  // namespace sekisho::smtp
