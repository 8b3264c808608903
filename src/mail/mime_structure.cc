// The structure half of MimeParser: what a line is, and what a boundary closes and opens.

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "mail/mime_parser.h"

namespace sekisho::mail {
namespace {

// A forgiving client reads over so many lines of a header that are none.
constexpr size_t kJunkLinesMax = 8;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_eight_bit(char c) { return static_cast<unsigned char>(c) >= 128; }

// RFC 5322 §2.2: printable ASCII but the colon; blanks before the colon are read over.
bool begins_field(std::string_view line, bool eight_bit = false) {
  size_t i = 0;
  while (i < line.size() && line[i] != ':' &&
         ((line[i] > 32 && line[i] < 127) || (eight_bit && is_eight_bit(line[i]))))
    ++i;
  if (i == 0) return false;
  while (i < line.size() && is_blank(line[i])) ++i;
  return i < line.size() && line[i] == ':';
}

bool is_mbox_from(std::string_view text) {
  return text.starts_with("From ") || text.starts_with(">From ");
}

}  // namespace

MimeParser::Line MimeParser::classify(std::string_view line) const {
  if (is_lax()) return classify_lax(line);
  const std::string_view text = without_line_end(line);
  if (text.empty()) return Line::kEmpty;
  if (is_blank(text.front())) return has_field_ ? Line::kContinuation : Line::kOther;
  const auto match = match_boundary(line);
  if (match && !match->loose) return Line::kOther;
  if (begins_field(text)) return Line::kField;
  const bool first = open_ == 1 && line_offset_ == 0;
  if (first && is_mbox_from(text)) return Line::kMboxFrom;
  if (first && begins_field(text, true)) return Line::kField;  // a byte order mark, 8-bit names
  return Line::kOther;
}

MimeParser::Line MimeParser::classify_lax(std::string_view line) const {
  const std::string_view text = without_line_end(line);
  if (text.empty() || (junk_lines_ > 0 && trim(text).empty())) return Line::kEmpty;
  if (begins_field(text)) return Line::kField;
  const bool folded = is_blank(text.front()) && has_field_;
  if (find_content_field(text) && !(folded && lists_field_names(field_.text))) return Line::kField;
  if (match_boundary(line)) return Line::kOther;
  if (folded) return Line::kContinuation;
  if (open_ == 1 && line_offset_ == 0 && is_mbox_from(text)) return Line::kMboxFrom;
  return junk_lines_ < kJunkLinesMax ? Line::kJunk : Line::kOther;
}

// Innermost first: a boundary of an outer multipart ends the parts inside it (RFC 2046 §5.1.2).
std::optional<MimeParser::Match> MimeParser::match_boundary(std::string_view line) const {
  if (boxes_ == 0 || rest_is_leaf_ || !line.starts_with("--")) return std::nullopt;
  if (line.ends_with('\n')) line.remove_suffix(1);
  while (line.ends_with('\r')) line.remove_suffix(1);  // CRCRLF is real
  const std::string_view text = without_trailing_blanks(line.substr(2));
  std::optional<Match> loose;
  for (size_t i = open_; i-- > 0;) {
    if (!levels_[i].is_box) continue;
    const auto match = match_level(i, text);
    if (match && !match->loose) return match;
    if (match && !loose) loose = match;
    if (reading_.structure == Reading::Structure::kInnermost) break;
  }
  return loose;
}

std::optional<MimeParser::Match> MimeParser::match_level(size_t level,
                                                         std::string_view text) const {
  std::optional<Match> loose;
  const std::vector<std::string>& boundaries = levels_[level].boundaries;
  for (size_t i = 0; i < boundaries.size(); ++i) {
    if (!text.starts_with(boundaries[i])) continue;
    const std::string_view rest = text.substr(boundaries[i].size());
    if (rest.empty()) return Match{level, false, false, i};
    if (rest == "--") return Match{level, true, false, i};
    if (!boundaries[i].empty()) loose = Match{level, rest.starts_with("--"), true, i};
  }
  return loose;
}

std::optional<MimeParser::Match> MimeParser::delimiter_of(std::string_view line) {
  const auto match = match_boundary(line);
  if (match) hints_.boundaries |= static_cast<uint16_t>(1u << match->boundary);
  if (!match || !match->loose) return match;
  levels_[match->level].part.defects.add(Defect::kLooseDelimiter);
  hints_.structure = true;
  return lax_ ? match : std::nullopt;
}

void MimeParser::on_boundary(Match match) {
  for (size_t i = open_ - 1; i > match.level; --i) steps_.push_back(Step::kPartEnd);
  Level& level = levels_[match.level];
  if (match.closes) {
    level.closed = true;
    return;
  }
  if (level.closed) level.part.defects.add(Defect::kPartAfterEnd);
  if (parts_ >= limits_.parts) {
    level.part.defects.add(Defect::kTooManyParts);
    rest_is_leaf_ = true;
  }
  steps_.push_back(Step::kPartBegin);
}

void MimeParser::open_part() {
  if (open_ == levels_.size()) levels_.emplace_back();
  Level& level = levels_[open_];
  Part& part = level.part;
  part.reset();
  level.clear_boundaries();
  level.is_box = level.closed = level.is_digest = false;
  level.children = 0;
  level.header_bytes = 0;
  level.fields = 0;
  part.type = "text/plain";  // RFC 2045 §5.2
  part.path = root_path_;
  if (open_ > 0) {
    Level& parent = levels_[open_ - 1];
    char number[12];
    const auto end = std::to_chars(number, number + sizeof number, ++parent.children).ptr;
    part.path = parent.part.path;
    part.path += '.';
    part.path.append(number, end);
    if (parent.is_digest) part.type = "message/rfc822";  // RFC 2046 §5.1.5
  }
  part.depth = root_depth_ + static_cast<unsigned>(open_);
  part.header_begin = line_.empty() ? offset_ : line_offset_;
  ++open_;
  ++parts_;
  state_ = State::kHeader;
  junk_lines_ = 0;
  type_values_.clear();
  encoding_values_.clear();
  disposition_values_.clear();
  if (!rest_is_leaf_) return;
  // The rest as one leaf of unknown bytes: nothing of it is read as a header.
  part.type = "application/octet-stream";
  end_header(part.header_begin);
}

void MimeParser::close_part() {
  pop_level_ = false;
  if (top_level().is_box) --boxes_;
  --open_;
}

MimeEvent MimeParser::field_event() {
  const std::string_view text = without_line_end(emitted_.text);
  const size_t colon = std::min(text.find(':'), text.size());
  const std::string_view name = without_trailing_blanks(text.substr(0, colon));
  const std::string_view value = text.substr(std::min(colon + 1, text.size()));
  Level& level = top_level();
  Defects& defects = level.part.defects;
  if (name.size() != colon) defects.add(Defect::kBlankBeforeColon);
  if (value.find('\0') != std::string_view::npos) defects.add(Defect::kNul);
  if (std::any_of(value.begin(), value.end(), is_eight_bit)) defects.add(Defect::kEightBitHeader);
  for (size_t cr = value.find('\r'); cr != std::string_view::npos; cr = value.find('\r', cr + 1))
    if (cr + 1 == value.size() || value[cr + 1] != '\n') {
      defects.add(Defect::kBareCarriageReturn);
      hints_.bare_cr = true;
    }
  level.header_bytes += emitted_.length;
  if (++level.fields > limits_.fields || level.header_bytes > limits_.header_bytes)
    defects.add(Defect::kHeaderTooLarge);
  note_field(name.starts_with(kByteOrderMark) ? name.substr(3) : name, value);
  return {MimeEvent::Kind::kHeaderField,
          &level.part,
          name,
          value,
          emitted_.offset,
          emitted_.length,
          {}};
}

}  // namespace sekisho::mail
