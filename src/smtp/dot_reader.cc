#include "smtp/dot_reader.h"

#include <cstring>
#include <utility>

namespace sekisho::smtp {
namespace {

constexpr size_t kShortBytes = 512;
constexpr size_t kGatherBytes = 4096;
constexpr std::string_view kCrLf = "\r\n";

}  // namespace

DotReader::DotReader(BareLineEnd bare, Framing framing) : bare_(bare), framing_(framing) {}

void DotReader::reset(Framing framing) { *this = DotReader(bare_, framing); }

void DotReader::feed(std::string_view in) { in_ = in; }

std::optional<std::string_view> DotReader::next() {
  if (given_) gathered_.clear();
  given_ = false;
  if (!waiting_.empty()) return std::exchange(waiting_, {});
  while (!in_.empty() && !ended()) {
    const std::string_view piece = next_piece();
    if (piece.size() >= kShortBytes) {
      if (gathered_.empty()) return piece;
      waiting_ = piece;
      break;
    }
    if (piece.empty()) continue;
    if (gathered_.capacity() < kGatherBytes) gathered_.reserve(kGatherBytes);
    gathered_ += piece;
    if (gathered_.size() > kGatherBytes - kShortBytes) break;
  }
  if (gathered_.empty()) return std::nullopt;
  given_ = true;
  return gathered_;
}

void DotReader::finish() {
  if (state_ == State::kCr) {
    const std::string_view piece = on_bare_line_end(State::kEnded);
    gathered_ += piece;
  }
  state_ = State::kEnded;
}

// The next bytes of the body, in one piece of the input where they can be; "" when a byte was only
// taken note of.
std::string_view DotReader::next_piece() {
  if (state_ == State::kLineStart) {
    if (in_.front() == '.' && framing_ == Framing::kDots) {
      in_.remove_prefix(1);
      state_ = State::kDot;
      return {};
    }
    state_ = State::kText;
  }
  return state_ == State::kText ? scan_text() : on_held_byte();
}

// From the middle of a line to the next dot that has to go, bare line end, or end of the input.
std::string_view DotReader::scan_text() {
  const char* const begin = in_.data();
  const char* const end = begin + in_.size();
  const char* at = begin;
  const char* stop = end;
  while (at < end) {
    const auto* lf = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
    const char* const line_end = lf ? lf : end;
    const auto* cr =
        static_cast<const char*>(std::memchr(at, '\r', static_cast<size_t>(line_end - at)));
    if (cr && cr + 1 == line_end && lf) {
      at = lf + 1;
      if (at == end || (*at == '.' && framing_ == Framing::kDots)) {
        stop = at;
        state_ = State::kLineStart;
        break;
      }
      continue;
    }
    if (cr) {  // bare, or the last byte that we have
      stop = cr;
      state_ = State::kCr;
    } else if (lf) {
      stop = lf;
      break;
    }
    break;
  }
  const std::string_view piece(begin, static_cast<size_t>(stop - begin));
  in_.remove_prefix(piece.size());
  if (state_ == State::kCr) {
    in_.remove_prefix(1);
  } else if (state_ == State::kText && stop < end && piece.empty()) {
    in_.remove_prefix(1);
    return on_bare_line_end(State::kText);
  }
  return bare_seen_ && bare_ == BareLineEnd::kReject ? std::string_view() : piece;
}

// A CR or a dot at the start of a line was read before; what it means depends on this byte.
std::string_view DotReader::on_held_byte() {
  const char c = in_.front();
  if (state_ == State::kDot) {
    if (c == '\r') {
      in_.remove_prefix(1);
      state_ = State::kDotCr;
    } else {
      state_ = State::kText;  // RFC 5321 §4.5.2: the dot was only there to be removed
    }
    return {};
  }
  if (c != '\n') return on_bare_line_end(State::kText);
  in_.remove_prefix(1);
  if (state_ == State::kDotCr) {
    state_ = State::kEnded;
    return {};
  }
  state_ = State::kLineStart;
  return bare_seen_ && bare_ == BareLineEnd::kReject ? std::string_view() : kCrLf;
}

std::string_view DotReader::on_bare_line_end(State then) {
  bare_seen_ = true;
  state_ = then;
  return bare_ == BareLineEnd::kNormalize ? kCrLf : std::string_view();
}

}  // namespace sekisho::smtp
