// mail/reading.h: the ways in which clients read one message, and which of them are worth a walk.
//
// A message that is clean has one reading. Where it is ambiguous (two boundaries, a field that only
// some clients see, base64 with padding inside), each client settles it in its own way, but always
// in the same way: a reading is such a set of habits. MimeParser walks in one reading and hints at
// what could be read otherwise; the plan turns hints into the readings to walk next:
//
//   ReadingPlan plan;
//   while (auto reading = plan.next()) { walk(*reading); plan.note(*reading, hints of the walk); }
//
// The cost stays linear: each reading is one walk, and there are kReadingsMax at most. A message
// that would need more is `ambiguous_beyond_limit`.
//
// Memory: kReadingsMax entries.  Pure.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace sekisho::mail {

struct Reading {
  enum class Structure : uint8_t {
    kPlain,         // as the standards say; of equal fields the first counts
    kLast,          // of equal fields and parameters the last counts
    kLax,           // fields behind junk, any boundary that can be made out, delimiters by prefix
    kLeaf,          // a multipart that is also base64 or quoted-printable is a leaf
    kInnermost,     // as kLax, but only the innermost multipart's delimiters count
    kBareCr,        // as kLax, and a CR of its own ends a line
    kAnyDelimiter,  // a line "--…" before a Content-* field is a delimiter, whatever was declared
  };

  Structure structure = Structure::kPlain;
  uint8_t boundary = 0;      // kLax: 0 all that can be made out at once; n only the nth
  uint8_t encoding = 0;      // of a leaf's possible transfer encodings, from 0
  uint8_t way = 0;           // 0 as codec::TransferDecoder does; else one of codec::LooseDecoder
  bool inner_files = false;  // files in text and in containers are the parts
  uint8_t mails_deep = 0;    // attached files that are mails are messages, so many deep

  bool is_plain() const { return *this == Reading{}; }
  bool operator==(const Reading&) const = default;
};

// What a walk met that another reading may read otherwise.
struct Hints {
  bool structure = false;    // header, boundaries or delimiters
  bool unfinished = false;   // a multipart without its end, or without any part
  bool bare_cr = false;      // in a header
  bool encoded_box = false;  // a multipart that is base64 or quoted-printable
  bool inner_files = false;
  bool attached_mail = false;  // a file that is a mail, and was none in this reading
  uint16_t boundaries = 0;     // kLax: bit n-1 for the nth that delimited something
  uint8_t encodings = 0;       // the most that one leaf may have
  uint8_t ways = 0;            // bit w-1: a leaf is odd in what way w decodes differently

  void merge(const Hints& other);
};

class ReadingPlan {
 public:
  static constexpr size_t kReadingsMax = 40;
  static constexpr uint8_t kEncodingsMax = 4;  // tried, of one leaf
  static constexpr uint8_t kMailsDeepMax = 4;

  ReadingPlan() { reset(); }
  void reset();
  std::optional<Reading> next();
  void note(const Reading& done, const Hints& hints);
  bool exceeded() const { return exceeded_; }

 private:
  void add(const Reading& reading);
  void add_structures(const Reading& done, const Hints& hints);
  void add_decodings(const Reading& done, const Hints& hints);

  std::array<Reading, kReadingsMax> list_;
  size_t count_ = 0;
  size_t next_ = 0;
  bool exceeded_ = false;
};

}  // namespace sekisho::mail
