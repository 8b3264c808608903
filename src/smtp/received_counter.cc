#include "smtp/received_counter.h"

#include <cstring>

#include "base/bytes.h"

namespace sekisho::smtp {
namespace {
constexpr std::string_view kName = "received:";
}  // namespace

void ReceivedCounter::reset() { *this = ReceivedCounter(); }

void ReceivedCounter::feed(std::string_view bytes) {
  size_t at = 0;
  while (in_header_ && at < bytes.size()) {
    if (!matching_ && !line_empty_) {  // nothing more to learn from this line
      const size_t end = bytes.find('\n', at);
      if (end == std::string_view::npos) return;
      at = end;
    }
    const char c = bytes[at++];
    if (c == '\n') {
      in_header_ = !line_empty_;
      column_ = 0;
      matching_ = line_empty_ = true;
      continue;
    }
    if (c != '\r') line_empty_ = false;
    matching_ = matching_ && ascii_lower(c) == kName[column_];
    if (matching_ && ++column_ == kName.size()) {
      ++count_;
      matching_ = false;
    }
  }
}

}  // namespace sekisho::smtp
