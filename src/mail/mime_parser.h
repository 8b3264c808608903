// mail/mime_parser.h: walk a message and yield its parts while reading.
//
// Feed bytes of any length; next() yields PartBegin, HeaderField, HeadersEnd, BodyChunk, PartEnd,
// End.
//   MimeParser p(limits);
//   p.feed(chunk);  while (auto e = p.next()) use(*e);   // drain before the next feed()
//   p.finish();     while (auto e = p.next()) use(*e);
//
// The root part is "1", its children "1.1", "1.2". A multipart's own chunks are its preamble and
// epilogue. A message/rfc822 part has one child. The line end before a boundary belongs to the
// boundary. Body chunks are views of what was fed, as large as can be; bytes are not decoded.
// Offsets count source bytes.
//
// Over a limit the walk goes on: a part too deep is read as a leaf, the part after too many is one
// leaf to the end, a long field is cut in its event (not in `length`); each sets its defect.
//
// Memory: limits.field_bytes + limits.depth × (boundary and names, about 1 KB) + 2 KB.  Time:
// linear. Process: inspector worker.  Broken input: never fails; sets Defect bits on the part.
// Lifetime: views and `part` are valid until the next feed() or next().
// Standards: RFC 5322 §2.2, RFC 2045 §5, RFC 2046 §5.1.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/transfer_decoder.h"
#include "mail/defect.h"

namespace sekisho::mail {

struct MimeLimits {
  size_t depth = 64;
  size_t parts = 10000;
  size_t field_bytes = 65536;  // of a field's value that is kept
  size_t header_bytes = 1 << 20;
  size_t fields = 10000;        // of one header
  size_t boundary_bytes = 256;  // RFC 2046 §5.1.1 allows 70
};

struct Part {
  enum class Kind { kLeaf, kMultipart, kMessage };

  std::string path;
  unsigned depth = 0;
  std::string type;            // "text/plain", lower-case
  std::string charset;         // as given
  std::string encoding_label;  // Content-Transfer-Encoding as given
  codec::TransferEncoding encoding = codec::TransferEncoding::kIdentity;
  std::string file_name;   // UTF-8; Content-Disposition's filename, else Content-Type's name
  std::string other_name;  // Content-Type's name where it differs
  bool attachment = false;
  Kind kind = Kind::kLeaf;
  Defects defects;
  uint64_t header_begin = 0;
  uint64_t body_begin = 0;
  uint64_t body_end = 0;  // set at PartEnd
};

struct MimeEvent {
  enum class Kind { kPartBegin, kHeaderField, kHeadersEnd, kBodyChunk, kPartEnd, kEnd };

  Kind kind = Kind::kEnd;
  const Part* part = nullptr;
  std::string_view name;   // kHeaderField
  std::string_view value;  // kHeaderField: behind the colon, folded as it came, no final line end
  uint64_t offset = 0;     // kHeaderField: of the whole field; kBodyChunk: of its first byte
  uint64_t length = 0;     // kHeaderField: with its line ends; kBodyChunk: of `bytes`
  std::string_view bytes;  // kBodyChunk
};

class MimeParser {
 public:
  explicit MimeParser(MimeLimits limits = {});

  void feed(std::string_view bytes);
  void finish();
  std::optional<MimeEvent> next();
  void reset();

 private:
  // A part that is open, with what the walk needs of it.
  struct Level {
    Part part;
    std::string boundary;  // of a multipart; "" else
    bool closed = false;   // its close delimiter has come
    unsigned children = 0;
    bool is_digest = false;
    std::string content_type, encoding, disposition;  // raw values, while its header is read
    bool has_content_type = false, has_encoding = false;
    uint64_t header_bytes = 0;
    size_t fields = 0;
  };
  enum class State { kStart, kHeader, kFieldRest, kBody, kEnded };
  enum class Step { kField, kHeadersEnd, kPartBegin, kPartEnd, kEnd };
  enum class Line { kEmpty, kContinuation, kField, kMboxFrom, kOther };
  struct Match {
    size_t level;
    bool closes;
  };

  // mime_parser.cc: the walk
  std::optional<MimeEvent> run_step(Step step);
  bool read_header();
  bool read_field_rest();
  void on_header_line();
  void end_header(uint64_t body_begin);
  void append_field(std::string_view bytes);
  void queue_field();
  std::optional<MimeEvent> read_body();
  std::optional<MimeEvent> read_unbounded();
  std::optional<MimeEvent> read_candidate();
  std::optional<MimeEvent> read_plain();
  std::optional<MimeEvent> give_line();
  std::optional<MimeEvent> give_held();
  std::optional<MimeEvent> give_input(size_t bytes);
  bool collect_line();
  void hold_end(size_t begin, size_t end);
  void consume(size_t bytes);
  void queue_end();
  Part& top() { return levels_.back().part; }

  // mime_structure.cc: lines, boundaries, and what a header says of its part
  Line classify(std::string_view line) const;
  std::optional<Match> match_boundary(std::string_view line) const;
  void on_boundary(Match match);
  void open_part();
  void close_part();
  MimeEvent field_event();
  void note_field(std::string_view name, std::string_view value);
  void resolve_headers();
  void resolve_kind(std::string_view boundary);

  MimeLimits limits_;
  State state_ = State::kStart;
  std::string_view input_;
  uint64_t offset_ = 0;  // of input_'s first byte
  bool finished_ = false;
  std::vector<Level> levels_;
  size_t parts_ = 0;
  size_t boundaries_ = 0;  // open multiparts
  std::deque<Step> steps_;
  bool pop_level_ = false;
  bool rest_is_leaf_ = false;  // too many parts: no boundary counts any more
  uint64_t end_offset_ = 0;    // where the bodies end that a boundary closes

  std::string line_;  // the begin of a line that is not yet classified
  uint64_t line_offset_ = 0;
  struct Field {
    std::string text;  // name, colon and value, cut at field_bytes
    uint64_t offset = 0, length = 0;
  };
  Field field_;  // being read
  bool has_field_ = false;
  Field emitted_;

  std::string held_end_;  // a line end that may belong to a boundary
  uint64_t held_offset_ = 0;
  bool line_start_ = false;
  std::string given_;  // bytes of an event that are no longer in the input
};

}  // namespace sekisho::mail
