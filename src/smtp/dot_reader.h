// smtp/dot_reader.h: the body of a message as it comes over DATA or BDAT, with strict line ends.
//
//   DotReader reader(BareLineEnd::kReject);
//   reader.feed(bytes);  while (auto chunk = reader.next()) use(*chunk);
//   if (reader.ended()) { rest = reader.rest(); refused = reader.bare_line_end(); }
//
// Framing::kDots: leading dots are removed, only CRLF.CRLF ends the body; the line end before the
// dot belongs to the body. Framing::kOctets (BDAT): dots are text, the caller counts the octets and
// calls finish(). Bare CR or LF: kReject sets bare_line_end(), gives out nothing more and reads on
// to the real end; kNormalize gives out CRLF. A bare line end never begins a line here, so that it
// can't be half of an end of data, and no dot is removed behind it.
//
// Memory: 4 KiB, taken when short pieces are first gathered. Chunks are at least 512 bytes long
// unless the input ends, so that a body full of dots costs its reader no more calls than another.
// Lifetime: a chunk is valid until the next next() or feed(); fed bytes must live until next()
// gives nullopt and, for rest(), until that was used. Standards: RFC 5321 §2.3.8, §4.1.1.4, §4.5.2;
// RFC 3030 §2.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::smtp {

enum class BareLineEnd { kReject, kNormalize };
enum class Framing { kDots, kOctets };

class DotReader {
 public:
  explicit DotReader(BareLineEnd bare = BareLineEnd::kReject, Framing framing = Framing::kDots);
  void reset(Framing framing);

  void feed(std::string_view in);
  std::optional<std::string_view> next();
  // kOctets: the body is complete. A CR at its very end is bare; drain next() once more.
  void finish();

  bool ended() const { return state_ == State::kEnded; }
  std::string_view rest() const { return in_; }  // what was fed and not yet read
  bool bare_line_end() const { return bare_seen_; }

 private:
  enum class State { kLineStart, kText, kCr, kDot, kDotCr, kEnded };

  std::string_view next_piece();
  std::string_view scan_text();
  std::string_view on_held_byte();
  std::string_view on_bare_line_end(State then);

  BareLineEnd bare_;
  Framing framing_;
  State state_ = State::kLineStart;
  bool bare_seen_ = false;
  std::string_view in_;
  std::string gathered_;      // short pieces
  bool given_ = false;        // gathered_ was given out and may be emptied
  std::string_view waiting_;  // a long piece behind gathered_
};

}  // namespace sekisho::smtp
