// The structure half of MimeParser: what a line is, what a boundary closes and opens, and what a
// header says of its part.

#include <algorithm>

#include "base/bytes.h"
#include "mail/header.h"
#include "mail/mime_parser.h"

namespace sekisho::mail {
namespace {

constexpr size_t kNotedBytesMax = 16384;  // of a Content-* value

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 5322 §2.2: printable ASCII but the colon; blanks before the colon are read over.
bool begins_field(std::string_view line) {
  size_t i = 0;
  while (i < line.size() && line[i] > 32 && line[i] < 127 && line[i] != ':') ++i;
  if (i == 0) return false;
  while (i < line.size() && is_blank(line[i])) ++i;
  return i < line.size() && line[i] == ':';
}

bool is_message_type(std::string_view type) {
  return type == "message/rfc822" || type == "message/global" || type == "message/news";
}

}  // namespace

MimeParser::Line MimeParser::classify(std::string_view line) const {
  const std::string_view text = without_line_end(line);
  if (text.empty()) return Line::kEmpty;
  if (is_blank(text.front())) return has_field_ ? Line::kContinuation : Line::kOther;
  if (match_boundary(line)) return Line::kOther;
  if (begins_field(text)) return Line::kField;
  const bool first = levels_.size() == 1 && line_offset_ == 0;
  if (first && (text.starts_with("From ") || text.starts_with(">From "))) return Line::kMboxFrom;
  return Line::kOther;
}

// Innermost first: a boundary of an outer multipart ends the parts inside it (RFC 2046 §5.1.2).
std::optional<MimeParser::Match> MimeParser::match_boundary(std::string_view line) const {
  if (boundaries_ == 0 || rest_is_leaf_ || !line.starts_with("--")) return std::nullopt;
  if (line.ends_with('\n')) line.remove_suffix(1);
  while (line.ends_with('\r')) line.remove_suffix(1);  // CRCRLF is real
  const std::string_view text = without_trailing_blanks(line.substr(2));
  for (size_t i = levels_.size(); i-- > 0;) {
    const std::string_view boundary = levels_[i].boundary;
    if (boundary.empty() || !text.starts_with(boundary)) continue;
    const std::string_view rest = text.substr(boundary.size());
    if (rest.empty()) return Match{i, false};
    if (rest == "--") return Match{i, true};
  }
  return std::nullopt;
}

void MimeParser::on_boundary(Match match) {
  for (size_t i = levels_.size() - 1; i > match.level; --i) steps_.push_back(Step::kPartEnd);
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
  Level level;
  level.part.type = "text/plain";  // RFC 2045 §5.2
  level.part.path = "1";
  if (!levels_.empty()) {
    Level& parent = levels_.back();
    level.part.path = parent.part.path + "." + std::to_string(++parent.children);
    if (parent.is_digest) level.part.type = "message/rfc822";  // RFC 2046 §5.1.5
  }
  level.part.depth = static_cast<unsigned>(levels_.size());
  level.part.header_begin = line_.empty() ? offset_ : line_offset_;
  levels_.push_back(std::move(level));
  ++parts_;
  state_ = State::kHeader;
  if (!rest_is_leaf_) return;
  // The rest as one leaf of unknown bytes: nothing of it is read as a header.
  top().type = "application/octet-stream";
  end_header(top().header_begin);
}

void MimeParser::close_part() {
  pop_level_ = false;
  if (!levels_.back().boundary.empty()) --boundaries_;
  levels_.pop_back();
}

MimeEvent MimeParser::field_event() {
  const std::string_view text = without_line_end(emitted_.text);
  const size_t colon = text.find(':');
  const std::string_view name = without_trailing_blanks(text.substr(0, colon));
  const std::string_view value = text.substr(colon + 1);
  Level& level = levels_.back();
  Defects& defects = level.part.defects;
  if (name.size() != colon) defects.add(Defect::kBlankBeforeColon);
  if (value.find('\0') != std::string_view::npos) defects.add(Defect::kNul);
  if (std::any_of(value.begin(), value.end(), [](char c) { return c < 0; }))
    defects.add(Defect::kEightBitHeader);
  for (size_t cr = value.find('\r'); cr != std::string_view::npos; cr = value.find('\r', cr + 1))
    if (cr + 1 == value.size() || value[cr + 1] != '\n') defects.add(Defect::kBareCarriageReturn);
  level.header_bytes += emitted_.length;
  if (++level.fields > limits_.fields || level.header_bytes > limits_.header_bytes)
    defects.add(Defect::kHeaderTooLarge);
  note_field(name, value);
  return {MimeEvent::Kind::kHeaderField,
          &level.part,
          name,
          value,
          emitted_.offset,
          emitted_.length,
          {}};
}

void MimeParser::note_field(std::string_view name, std::string_view value) {
  Level& level = levels_.back();
  value = value.substr(0, kNotedBytesMax);
  if (equals_ignore_case(name, "Content-Type")) {
    if (level.has_content_type)
      level.part.defects.add(Defect::kDuplicateContentType);
    else
      level.content_type = value;
    level.has_content_type = true;
  } else if (equals_ignore_case(name, "Content-Transfer-Encoding")) {
    if (level.has_encoding)
      level.part.defects.add(Defect::kDuplicateEncoding);
    else
      level.encoding = value;
    level.has_encoding = true;
  } else if (equals_ignore_case(name, "Content-Disposition") && level.disposition.empty()) {
    level.disposition = value;
  }
}

void MimeParser::resolve_headers() {
  Level& level = levels_.back();
  Part& part = level.part;
  const ContentType content_type = parse_content_type(level.content_type);
  if (!content_type.type.empty()) {
    part.type = content_type.type;
  } else if (level.has_content_type) {
    part.defects.add(Defect::kBadContentType);
  }
  part.charset = content_type.parameters.get("charset");
  part.encoding_label = to_lower(trim(unfold(level.encoding)));
  part.encoding = codec::parse_transfer_encoding(level.encoding);
  if (part.encoding == codec::TransferEncoding::kUnknown)
    part.defects.add(Defect::kUnknownEncoding);
  const ContentDisposition disposition = parse_content_disposition(level.disposition);
  part.attachment = disposition.disposition == "attachment";
  part.file_name = disposition.parameters.get("filename");
  const std::string_view name = content_type.parameters.get("name");
  if (part.file_name.empty())
    part.file_name = name;
  else if (name != part.file_name)
    part.other_name = name;
  resolve_kind(content_type.parameters.get("boundary"));
}

void MimeParser::resolve_kind(std::string_view boundary) {
  Level& level = levels_.back();
  Part& part = level.part;
  const bool is_multipart = part.type.starts_with("multipart/");
  if ((!is_multipart && !is_message_type(part.type)) || rest_is_leaf_) return;
  if (levels_.size() >= limits_.depth) return part.defects.add(Defect::kTooDeep);
  const bool encoded = part.encoding == codec::TransferEncoding::kBase64 ||
                       part.encoding == codec::TransferEncoding::kQuotedPrintable ||
                       part.encoding == codec::TransferEncoding::kUuencode;
  if (!is_multipart) {
    part.kind = Part::Kind::kMessage;
    if (!encoded) steps_.push_front(Step::kPartBegin);
    return;
  }
  boundary = without_trailing_blanks(boundary);  // RFC 2046 §5.1.1: it does not end with a space
  if (boundary.empty()) return part.defects.add(Defect::kMissingBoundary);
  if (boundary.size() > limits_.boundary_bytes) return part.defects.add(Defect::kBoundaryTooLong);
  if (encoded) {
    part.defects.add(Defect::kEncodedContainer);
    part.encoding = codec::TransferEncoding::kIdentity;
  }
  part.kind = Part::Kind::kMultipart;
  level.is_digest = part.type == "multipart/digest";
  level.boundary = boundary;
  ++boundaries_;
}

}  // namespace sekisho::mail
