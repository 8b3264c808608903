#include "codec/jis_escapes.h"

#include <algorithm>
#include <array>

namespace sekisho::codec {
namespace {

struct Escape {
  std::string_view foreign, known;
};

constexpr std::array kEscapes{Escape{"\x1B$(O", "\x1B$B"}, Escape{"\x1B$(Q", "\x1B$B"},
                              Escape{"\x1B$(B", "\x1B$B"}, Escape{"\x1B$(@", "\x1B$@"},
                              Escape{"\x1B(H", "\x1B(J"},  Escape{"\x1B&@", ""}};

}  // namespace

void JisEscapes::feed(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (held_.empty()) {
      const size_t escape = std::min(in.find('\x1B'), in.size());
      out.append(in.substr(0, escape));
      in.remove_prefix(escape);
      if (in.empty()) return;
    }
    const bool another = in.front() == '\x1B' && !held_.empty();
    if (another) finish(out);
    held_ += in.front();
    in.remove_prefix(1);
    const auto begins = [this](const Escape& escape) { return escape.foreign.starts_with(held_); };
    const auto found = std::find_if(kEscapes.begin(), kEscapes.end(), begins);
    if (found == kEscapes.end()) {
      finish(out);
    } else if (found->foreign.size() == held_.size()) {
      out.append(found->known);
      held_.clear();
    }
  }
}

void JisEscapes::finish(std::string& out) {
  out.append(held_);
  held_.clear();
}

}  // namespace sekisho::codec
