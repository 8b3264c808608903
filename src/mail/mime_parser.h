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
// A message that clients read in different ways is walked once for each Reading (reading.h):
// reset(reading) before the walk, hints() behind it. In Structure::kBareCr the bytes of an event
// have LF where the source has a CR of its own.
//
// Memory: limits.field_bytes + 12 raw Content-* values (16 KB each at most) + limits.depth ×
// (boundaries and names, about 1 KB) + 68 KB; of a chunk fed, a copy in kBareCr.  Time: linear.
// Process: inspector worker.  Broken input: never fails; sets Defect bits on the part.
// Lifetime: views and `part` are valid until the next feed() or next().
// Standards: RFC 5322 §2.2, RFC 2045 §5, RFC 2046 §5.1.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/transfer_decoder.h"
#include "mail/defect.h"
#include "mail/loose_header.h"
#include "mail/reading.h"

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
  // Of text/plain (RFC 3676 §4): whether lines are joined, and the spaces before their ends
  // deleted.
  enum class Flow { kFixed, kFlowed, kFlowedDelSp };

  std::string path;
  unsigned depth = 0;
  std::string type;     // "text/plain", lower-case
  std::string charset;  // as given
  Flow flow = Flow::kFixed;
  std::string encoding_label;  // Content-Transfer-Encoding as given
  codec::TransferEncoding encoding = codec::TransferEncoding::kIdentity;
  std::string file_name;   // UTF-8; Content-Disposition's filename, else Content-Type's name
  std::string other_name;  // Content-Type's name where it differs
  std::vector<std::string> further_names;  // what other clients may take for the name
  Encodings encodings;  // `encoding` first, then what other clients may take for it
  bool attachment = false;
  Kind kind = Kind::kLeaf;
  Defects defects;
  uint64_t header_begin = 0;
  uint64_t body_begin = 0;
  uint64_t body_end = 0;  // set at PartEnd

  void reset();
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
  // For a message inside a part: where its root stands in the tree of the outer one.
  struct Origin {
    std::string_view path = "1";
    unsigned depth = 0;
  };
  void reset(const Reading& reading, Origin origin);
  void reset(const Reading& reading = {}) { reset(reading, Origin{}); }
  const Hints& hints() const { return hints_; }

 private:
  // A part that is open, with what the walk needs of it.
  struct Level {
    Part part;
    std::vector<std::string> boundaries;  // of a multipart: any of them delimits
    bool is_box = false;                  // delimiters may come
    bool closed = false;                  // its close delimiter has come
    bool is_digest = false;
    unsigned children = 0;
    uint64_t header_bytes = 0;
    size_t fields = 0;
    std::string spare_boundary;

    void clear_boundaries();
    void add_boundary(std::string_view boundary);
  };
  // The values of one Content-* field in the header that is being read: the first three and the
  // last.
  struct Values {
    static constexpr size_t kMax = 4;
    std::string raw[kMax];
    bool lax[kMax] = {};  // only a forgiving client sees it
    size_t count = 0;     // of raw
    size_t strict = 0;    // of those that are fields

    void clear();
    void add(std::string_view value, bool is_lax);
  };
  enum class State { kStart, kHeader, kFieldRest, kJunkRest, kBody, kDelimiterRest, kEnded };
  enum class Step { kField, kHeadersEnd, kPartBegin, kPartEnd, kEnd };
  enum class Line { kEmpty, kContinuation, kField, kMboxFrom, kJunk, kOther };
  struct Match {
    size_t level;
    bool closes;
    bool loose;
    size_t boundary;  // which of the level's
  };

  // mime_parser.cc: the walk and the header
  std::optional<MimeEvent> run_step(Step step);
  bool read_header();
  bool read_rest(bool of_field);
  void on_header_line();
  void begin_field();
  void end_header(uint64_t body_begin);
  void append_field(std::string_view bytes);
  void queue_field();
  void consume(size_t bytes);
  void queue_end();
  bool is_lax() const { return lax_; }
  Level& top_level() { return levels_[open_ - 1]; }
  const Level& top_level() const { return levels_[open_ - 1]; }
  Part& top() { return top_level().part; }

  // mime_body.cc: chunks, and the lines that may be delimiters
  std::optional<MimeEvent> read_body();
  std::optional<MimeEvent> read_unbounded();
  std::optional<MimeEvent> read_candidate();
  std::optional<MimeEvent> read_after_peeked();
  std::optional<MimeEvent> read_plain();
  std::optional<MimeEvent> give_line();
  std::optional<MimeEvent> give_held();
  std::optional<MimeEvent> give_peeked();
  std::optional<MimeEvent> give_input(size_t bytes);
  MimeEvent chunk_of_given(uint64_t offset);
  bool collect_line();
  bool look_at_headerless();
  void hold_end(size_t begin, size_t end);
  void take_delimiter(Match match, uint64_t offset);

  // mime_structure.cc: lines, boundaries, and what a header says of its part
  Line classify(std::string_view line) const;
  Line classify_lax(std::string_view line) const;
  std::optional<Match> match_boundary(std::string_view line) const;
  std::optional<Match> match_level(size_t level, std::string_view text) const;
  std::optional<Match> delimiter_of(std::string_view line);
  void on_boundary(Match match);
  void open_part();
  void close_part();
  MimeEvent field_event();
  void note_field(std::string_view name, std::string_view value);
  void note_hidden_field(std::string_view name, std::string_view value);
  void resolve_headers();
  void resolve_names(std::string_view type_name);
  void find_further_names();
  void resolve_encodings();
  void resolve_kind(std::string_view raw_type, std::string_view strict_boundary);
  void resolve_boundaries(std::string_view raw_type, std::string_view strict_boundary);
  std::string_view chosen(const Values& values) const;
  std::string_view chosen_type() const;

  MimeLimits limits_;
  Reading reading_;
  bool lax_ = false;            // one of the forgiving structures
  bool any_delimiter_ = false;  // Structure::kAnyDelimiter
  Hints hints_;
  std::string root_path_;
  unsigned root_depth_ = 0;

  State state_ = State::kStart;
  std::string_view input_;
  uint64_t offset_ = 0;  // of input_'s first byte
  bool finished_ = false;
  std::vector<Level> levels_;  // the first open_ are in use, the others wait to be used again
  size_t open_ = 0;
  size_t parts_ = 0;
  size_t boxes_ = 0;  // open multiparts
  std::vector<Step> steps_;
  size_t step_ = 0;
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
  Values type_values_, encoding_values_, disposition_values_;
  size_t junk_lines_ = 0;    // in the header being read
  bool empty_line_ = false;  // lax: the first line of a header was empty; a field may follow
  bool headerless_ = false;  // the header was empty, and nothing of the body has been looked at

  Match delimiter_{};     // kDelimiterRest: acted on when its line is over
  std::string held_end_;  // a line end that may belong to a boundary
  uint64_t held_offset_ = 0;
  std::string peeked_;  // kAnyDelimiter: a line "--…" that is a delimiter if a field comes next
  uint64_t peeked_offset_ = 0;
  bool line_start_ = false;
  std::string given_;  // bytes of an event that are no longer in the input

  std::string translated_;  // kBareCr
  bool held_cr_ = false;
};

}  // namespace sekisho::mail
