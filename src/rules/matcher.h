// rules/matcher.h: match one message after another against a RuleSet, in fixed memory.
//
//   Matcher m(rules);
//   m.begin();  m.envelope(sender, helo, client);
//   for each root header field:  m.header(name, raw, decoded);
//   m.headers_end();
//   for each text part:  m.part_begin();  m.body(utf8_text); m.rawbody(decoded_bytes); …
//   m.part_end(); m.full(bytes) at any time, in order, for the whole message as it came for (const
//   Hit& hit : m.finish()) …;  m.score();
// body(), rawbody() and full() take chunks of any length; the hits don't depend on how a text is
// cut.
//
// Memory: at construction one Hyperscan scratch, one stream of < 4 KB per target, the line buffers
// and kKeptBytes for each target that needs PCRE2; nothing per message after that, but for the
// decoded display name of a `:name` header. The RuleSet must outlive the Matcher.  Process:
// inspector worker. Broken input: anything is text. A PCRE2 match that meets its limit counts as no
// match (limits_met()).

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/body_lines.h"
#include "rules/pattern_scan.h"
#include "rules/raw_pieces.h"
#include "rules/rule_set.h"

namespace sekisho::rules {

// How much of a header text, or of the message, PCRE2 sees where a set needs it.
constexpr size_t kKeptBytes = 65536;

struct Hit {
  std::string_view rule;
  double score;  // what it added: the rule's score, times the count for `tflags multiple`
  std::string_view description;  // English
};

class Matcher {
 public:
  explicit Matcher(const RuleSet& rules);
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;
  ~Matcher();

  void begin();
  // `sender` is `EnvelopeFrom`; "" is the null sender. No rule kind reads the other two yet: what
  // they say is in the relay pseudo headers, which the parser refuses.
  void envelope(std::string_view sender, std::string_view helo, std::string_view client);
  // A field of the root header, in order; `raw_value` is what stands behind the colon,
  // `decoded_value` is unfolded UTF-8.
  void header(std::string_view name, std::string_view raw_value, std::string_view decoded_value);
  void headers_end();
  void part_begin();
  void body(std::string_view utf8_text);
  void rawbody(std::string_view decoded_bytes);
  void part_end();
  void full(std::string_view message_bytes);

  // Sorted by rule name, sub-rules left out. Valid until begin().
  const std::vector<Hit>& finish();
  double score() const { return score_; }
  // After finish(): the value that a meta would see; 0 when the rule didn't hit or doesn't exist.
  double value(std::string_view rule) const;
  size_t limits_met() const;

 private:
  struct TextState;

  void subject_line(std::string_view decoded);
  void scan_line(std::string_view line, PatternScan::Line which);
  void scan_piece(std::string_view piece);
  void feed_header(size_t target, std::string_view raw, std::string_view decoded);
  void feed_all(size_t target, std::string_view name, std::string_view raw);
  void decode_names();
  void settle_header(const HeaderTarget& target, TextState& state);
  void collect_hits();

  const RuleSet& rules_;
  std::unique_ptr<ScanContext> context_;
  std::vector<uint32_t> counts_;  // per rule
  std::vector<double> values_;    // per rule
  std::vector<double> stack_;
  PatternScan body_;
  PatternScan rawbody_;
  std::unique_ptr<TextState> full_;
  std::vector<TextState> headers_;
  BodyLines lines_;
  RawPieces pieces_;
  std::string text_;  // one header value being made
  bool headers_open_ = true;
  std::vector<Hit> hits_;
  double score_ = 0;
};

}  // namespace sekisho::rules
