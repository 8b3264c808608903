// mail/mbox_reader.h: the messages of an mbox, while it streams.
//
//   MboxReader r;  r.feed(chunk);  while (auto e = r.next()) …;  r.finish();  while (auto e =
//   r.next()) …;
//
// A message begins at a line "From " that is the first one or stands behind an empty line. Its
// bytes are given as they are (">From " too); the empty line before the next message is not given.
//
// Memory: kFromLineBytesMax.  Time: linear.  Broken input: never fails; bytes before the first
// "From " line are passed over, and so is what such a line holds beyond kFromLineBytesMax.
// Lifetime: views are valid until the next feed() or next(). Drain
// next() before each feed(). Standard: RFC 4155, appendix A.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::mail {

struct MboxEvent {
  enum class Kind { kMessageBegin, kChunk, kMessageEnd };

  Kind kind;
  std::string_view from_line;  // kMessageBegin, without its line end
  uint64_t offset = 0;         // of the "From " line or of the chunk's first byte
  std::string_view bytes;      // kChunk
};

class MboxReader {
 public:
  static constexpr size_t kFromLineBytesMax = 1000;

  void feed(std::string_view bytes) { input_ = bytes; }
  void finish() { finished_ = true; }
  std::optional<MboxEvent> next();
  void reset() { *this = MboxReader(); }

 private:
  std::optional<MboxEvent> read_line_start();
  std::optional<MboxEvent> read_text();
  std::optional<MboxEvent> chunk(std::string_view bytes, uint64_t offset);
  std::optional<MboxEvent> take_held();
  void consume(size_t bytes);

  std::string_view input_;
  uint64_t offset_ = 0;
  bool finished_ = false;
  bool in_message_ = false;
  bool from_line_ = false;          // line_ is a whole "From " line
  bool passing_from_line_ = false;  // the rest of a "From " line over kFromLineBytesMax
  bool line_start_ = true;
  bool after_empty_ = true;  // the line before was empty, or there was none
  std::string line_;         // the begin of a line that may be "From "
  std::string held_;         // an empty line that may stand before the next message
  std::string given_;
  uint64_t line_offset_ = 0;
  uint64_t held_offset_ = 0;
};

}  // namespace sekisho::mail
