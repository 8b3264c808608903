// mail/mbox_reader.h: the messages of an mbox, in each of its four forms.
//
//   MboxReader r([&](uint64_t at, std::span<char> into) { return read…; });   // fewer at the end
//   while (auto e = r.next()) …
//
// A message begins at a line "From " that is the first of the file (behind a byte order mark and
// empty lines), or stands behind an empty line and either holds a time of day or has a header field
// below it: "From " in a text begins none. The empty line before it is not given.
//   mboxo    bytes are given as they stand
//   mboxrd   of ">From ", ">>From " and so on in a body, one ">" is not given
//   mboxcl   as mboxrd; the body is as long as Content-Length says, whatever it holds
//   mboxcl2  the length too, and bytes as they stand
//   any      mboxcl2 where Content-Length is true, else mboxrd. Where a body of that length holds
//            the begin of a message, or any message a "From " line with both a time and a header
//            field below but no empty line before, what begins there is given as well, behind it:
//            which of the two is meant can't be known, and a mail that hides in another is seen.
// Content-Length is true when it ends the body at the end of the file or at a line "From ", with or
// without an empty line before it; otherwise it is not heeded and noted.
//
// Offsets are those of the file. What is not given is a gap between two chunks.
//
// Memory: block_bytes.  Time: linear; each byte is read at most twice.  Broken input: never fails;
// bytes before the first "From " line are passed over.
// Lifetime: views are valid until the next next(). Standard: RFC 4155, appendix A; mbox(5).

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::mail {

enum class MboxForm { kAny, kO, kRd, kCl, kCl2 };

struct MboxEvent {
  enum class Kind { kMessageBegin, kChunk, kMessageEnd };

  Kind kind;
  std::string_view from_line;  // kMessageBegin, without its line end, kFromLineBytesMax at most
  uint64_t offset = 0;         // of the "From " line, the chunk's first byte, the byte behind all
  std::string_view bytes;      // kChunk
  bool wrong_length = false;   // kMessageEnd: Content-Length was not heeded
  bool holds_message = false;  // kMessageEnd: a message may begin inside; it follows
};

class MboxReader {
 public:
  static constexpr size_t kFromLineBytesMax = 1000;
  static constexpr size_t kBlockBytes = 64 << 10;
  // A body that holds a message is not read again when it is longer.
  static constexpr uint64_t kAgainBytesMax = 256 << 20;

  using Read = std::function<size_t(uint64_t offset, std::span<char> into)>;

  explicit MboxReader(Read read, MboxForm form = MboxForm::kAny, size_t block_bytes = kBlockBytes);

  std::optional<MboxEvent> next();
  // Bytes before this offset are not read again.
  uint64_t needed_from() const { return inner_ ? *inner_ : at_; }

 private:
  enum class State { kBetween, kHeader, kBody, kCounted };
  enum class Line { kText, kEnd, kQuoted };

  std::optional<MboxEvent> begin_message();
  std::optional<MboxEvent> end_counted();
  uint64_t end_of_text(Line& line);
  Line look_at_line(uint64_t at);
  MboxEvent end_message(uint64_t end);
  MboxEvent chunk_to(uint64_t end);
  void begin_body(uint64_t body);
  void note_length(uint64_t line);
  void look_inside(uint64_t line);
  bool ends_before(uint64_t at);
  bool is_true_end(uint64_t end, uint64_t body);
  bool begins_message(uint64_t at);
  bool begins_inside(uint64_t at);
  bool is_quoted_from(uint64_t line);
  bool unquotes() const;
  bool is_end(uint64_t at) { return look(at, 1).empty(); }
  bool is_from(uint64_t at) { return look(at, 5) == "From "; }
  size_t empty_line(uint64_t at);
  std::string_view look(uint64_t at, size_t bytes);
  std::string_view line_at(uint64_t at);
  uint64_t behind_line(uint64_t at);
  std::string_view block_from(uint64_t at);

  Read read_;
  MboxForm form_;
  std::vector<char> block_;
  uint64_t block_begin_ = 0;
  size_t block_size_ = 0;
  char peeked_[kFromLineBytesMax] = {};

  State state_ = State::kBetween;
  uint64_t at_ = 0;           // what was given or passed over ends here
  bool in_line_ = false;      // at_ is no begin of a line
  bool must_begin_ = true;    // a message begins at a line "From " here, whatever else it holds
  bool after_empty_ = false;  // the line before was empty
  std::optional<uint64_t> length_;  // of the body, as the header says
  bool bad_length_ = false;         // it says several, or none that is a number
  bool wrong_length_ = false;
  uint64_t counted_end_ = 0;             // kCounted: of the body
  std::optional<uint64_t> inner_;        // where a message may begin inside
  bool inner_passed_ = false;            // there was one, too far back
  std::optional<uint64_t> again_until_;  // what was given before ends here
  std::string from_line_;
};

// Whether a file is an mbox: its first line is a "From " line.
bool begins_like_mbox(const MboxReader::Read& read);

}  // namespace sekisho::mail
