// DotReader against a reader that goes byte by byte, and in two ways of cutting the input; then a
// round trip through DotWriter.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "smtp/dot_reader.h"
#include "smtp/dot_writer.h"

using namespace sekisho::smtp;

namespace {

struct Read {
  std::string body;
  size_t used = 0;
  bool ended = false;
  bool bare = false;
  bool operator==(const Read&) const = default;
};

// The definition, as plain as it goes. A line begins at the start and behind CRLF, nowhere else.
Read read_plainly(std::string_view in, BareLineEnd mode, Framing framing) {
  Read read;
  bool line_start = true;
  const auto give = [&](std::string_view bytes) {
    if (!(read.bare && mode == BareLineEnd::kReject)) read.body += bytes;
  };
  size_t at = 0;
  while (at < in.size()) {
    if (line_start && in[at] == '.' && framing == Framing::kDots) {
      if (in.substr(at).starts_with(".\r\n")) {
        read.used = at + 3;
        read.ended = true;
        return read;
      }
      if (in.substr(at) == "." || in.substr(at) == ".\r") break;  // may become the end
      ++at;
      line_start = false;
      continue;
    }
    line_start = false;
    if (in.substr(at).starts_with("\r\n")) {
      give("\r\n");
      at += 2;
      line_start = true;
    } else if (in[at] == '\r' && at + 1 == in.size() && framing == Framing::kDots) {
      break;  // may become CRLF
    } else if (in[at] == '\r' || in[at] == '\n') {
      read.bare = true;
      give("\r\n");
      ++at;
    } else {
      give(in.substr(at, 1));
      ++at;
    }
  }
  read.used = in.size();
  read.ended = framing == Framing::kOctets;
  return read;
}

Read read_cut(std::string_view in, size_t step, BareLineEnd mode, Framing framing) {
  DotReader reader(mode, framing);
  Read read;
  for (size_t at = 0; at < in.size() && !reader.ended(); at += step) {
    const std::string own(in.substr(at, step));
    reader.feed(own);
    while (const auto chunk = reader.next()) {
      SEKISHO_CHECK(!chunk->empty());
      read.body += *chunk;
    }
    read.used = at + own.size() - reader.rest().size();
  }
  if (framing == Framing::kOctets) {
    reader.finish();
    while (const auto chunk = reader.next()) read.body += *chunk;
  }
  read.ended = reader.ended();
  read.bare = reader.bare_line_end();
  return read;
}

void check_round_trip(std::string_view body, size_t step) {
  DotWriter writer;
  std::string wire;
  for (size_t at = 0; at < body.size(); at += step) writer.feed(body.substr(at, step), wire);
  writer.finish(wire);
  const Read read = read_plainly(wire, BareLineEnd::kNormalize, Framing::kDots);
  SEKISHO_CHECK(read.ended && read.used == wire.size() && !read.bare);
  SEKISHO_CHECK(read.body == body || read.body == std::string(body) + "\r\n");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 2) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const BareLineEnd mode = bytes[1] & 1 ? BareLineEnd::kNormalize : BareLineEnd::kReject;
  const Framing framing = bytes[1] & 2 ? Framing::kOctets : Framing::kDots;
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  const Read plain = read_plainly(in, mode, framing);
  SEKISHO_CHECK(read_cut(in, step, mode, framing) == plain);
  if (!in.empty()) SEKISHO_CHECK(read_cut(in, in.size(), mode, framing) == plain);
  if (plain.ended && (mode == BareLineEnd::kNormalize || !plain.bare))
    check_round_trip(plain.body, step);
  return 0;
}
