// rules/matcher.h: match one message after another against a RuleSet, in fixed memory.
//
//   Matcher m(rules);
//   m.begin();  m.envelope(sender, helo, client);
//   for each root header field:  m.header(name, raw, decoded);
//   m.headers_end();
//   for each text part:  m.part_begin();  m.body(utf8_text); m.rawbody(decoded_bytes); …
//   m.part_end();  m.uri(forms), m.attachment(name, type), m.defect(name) and m.full(bytes) at any
//   time, the latter in order, for the whole message as it came;  for (const Hit& hit : m.finish())
//   …;  m.score();
// body(), hidden(), rawbody() and full() take chunks of any length; the hits don't depend on how a
// text is cut. A part may stand inside another (a page in a data: URI): part_begin() nests.
//
// One text in several forms is one text: lines are matched as they are and, where that differs, in
// NFKC without characters that have no shape; a URI in each form; a part in each charset. A rule
// then counts what the form with most matches has.
//
// Memory: at construction one Hyperscan scratch, one stream of < 4 KB per target, the line buffers
// and kKeptBytes for each target that needs PCRE2; nothing per message after that, but for the
// decoded display name of a `:name` header. The RuleSet must outlive the Matcher.  Process:
// inspector worker. Broken input: anything is text. A PCRE2 match that meets its limit counts as no
// match (limits_met()).

#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/normalized_text.h"
#include "rules/body_lines.h"
#include "rules/header_scan.h"
#include "rules/pattern_scan.h"
#include "rules/raw_pieces.h"
#include "rules/rule_set.h"
#include "rules/text_scan.h"

namespace sekisho::rules {

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
  // Whether header() of that name looks at `decoded_value`.
  bool reads_header(std::string_view name) const;
  void headers_end();
  // A field of any part's header, the root's among them, for `mimeheader` rules; each header is
  // ended before the next begins. As in SpamAssassin a fold is one blank, and `:raw` is without
  // the blanks behind the colon.
  void part_header(std::string_view name, std::string_view raw_value);
  void part_headers_end();
  static constexpr size_t kPartsOpenMax = 4;
  void part_begin();
  // What a reader sees of the part, for `body` and `visible` rules.
  void body(std::string_view utf8_text);
  // And what nobody sees, for `body` and `hidden` rules; its lines stand apart.
  void hidden(std::string_view utf8_text);
  // Both once more, in the order of the page, for `body` rules: which text is hidden is a guess.
  // Lines in which nothing hides are not matched again.
  void joined(std::string_view utf8_text, bool hides);
  // As hidden(), but in lines of their own.
  void comments(std::string_view utf8_text);
  void rawbody(std::string_view decoded_bytes);
  // What comes now is the text of the open part once more, read otherwise.
  void part_again();
  void part_end();
  // The first form is the URI as it was written.
  void uri(std::span<const std::string> forms);
  void full(std::string_view message_bytes);
  // A file in the message, for `attachment` rules. `type` is what its bytes are, "" when unknown.
  void attachment(std::string_view name, std::string_view type);
  // The name of something that is wrong with the message, once each.
  void defect(std::string_view name);

  // Sorted by rule name, sub-rules left out. Valid until begin().
  const std::vector<Hit>& finish();
  double score() const { return score_; }
  // After finish(): the value that a meta would see; 0 when the rule didn't hit or doesn't exist.
  double value(std::string_view rule) const;
  size_t limits_met() const;

 private:
  void subject_line(std::string_view decoded);
  struct OpenPart;
  static void reset_part(OpenPart& open);
  void take_higher(const OpenPart& open);
  void end_lines();
  void scan_joined(std::string_view line);
  void take_joined();
  void scan_hidden(std::string_view line);
  void scan_visible(std::string_view line, PatternScan::Line which);
  void scan_line(std::string_view line, PatternScan& target, PatternScan::Line which,
                 std::vector<uint32_t>& counts);
  std::string_view normal_form(std::string_view line);
  void scan_piece(std::string_view piece);
  void scan_alone(std::string_view text, PatternScan& target);
  void collect_hits();

  const RuleSet& rules_;
  std::unique_ptr<ScanContext> context_;
  std::vector<uint32_t> counts_;  // per rule
  std::vector<double> values_;    // per rule
  std::vector<double> stack_;
  // A text part, or the Subject, which is the first line of the body.
  struct OpenPart {
    BodyLines visible, hidden, comments, joined;
    bool joins = false;                  // the line of `joined` has hidden text
    std::vector<uint32_t> joined_count;  // what its lines came to
    bool joined_any = false;
    RawPieces pieces;
    std::vector<uint32_t> before;  // counts_ when it began
    std::vector<uint32_t> first;   // what it came to in its first reading
    bool again = false;
  };
  OpenPart& part() { return parts_[open_ == 0 ? 0 : open_ - 1]; }

  PatternScan body_, visible_, hidden_, rawbody_, uri_, attachment_, defect_;
  TextScan full_;
  HeaderScan headers_, part_headers_;
  std::array<OpenPart, kPartsOpenMax> parts_;
  size_t open_ = 0;
  codec::NormalizedText normalizer_{codec::Kana::kKept};
  std::string normal_;
  std::string text_;  // a file's name and type
  bool headers_open_ = true;
  std::vector<Hit> hits_;
  double score_ = 0;
};

}  // namespace sekisho::rules
