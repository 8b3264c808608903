// The header half of MimeParser: what the Content-* fields say of a part, in the present reading.

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "mail/header.h"
#include "mail/mime_parser.h"
#include "mail/plain_value.h"

namespace sekisho::mail {
namespace {

using codec::TransferEncoding;

constexpr size_t kNotedBytesMax = 16384;  // of a Content-* value

bool is_message_type(std::string_view type) {
  return type == "message/rfc822" || type == "message/global" || type == "message/news";
}

bool is_encoded(TransferEncoding encoding) {
  return encoding == TransferEncoding::kBase64 || encoding == TransferEncoding::kQuotedPrintable ||
         encoding == TransferEncoding::kUuencode;
}

// What every client reads alike.
bool is_plain_encoding(std::string_view value) {
  for (const std::string_view plain : {"7bit", "8bit", "binary", "base64", "quoted-printable"})
    if (equals_ignore_case(trim(value), plain)) return true;
  return false;
}

void assign_lower(std::string& out, std::string_view text) {
  out = text;
  for (char& c : out) c = ascii_lower(c);
}

void add_encoding(Encodings& list, TransferEncoding encoding) {
  if (std::find(list.begin(), list.end(), encoding) == list.end()) list.push_back(encoding);
}

}  // namespace

void Part::reset() {
  type.clear();
  charset.clear();
  flow = Flow::kFixed;
  encoding_label.clear();
  encoding = TransferEncoding::kIdentity;
  encodings.clear();
  file_name.clear();
  other_name.clear();
  further_names.clear();
  attachment = false;
  kind = Kind::kLeaf;
  defects = {};
  header_begin = body_begin = body_end = 0;
}

// The first keeps its memory for the next.
void MimeParser::Level::clear_boundaries() {
  if (!boundaries.empty()) std::swap(spare_boundary, boundaries.front());
  boundaries.clear();
}

void MimeParser::Level::add_boundary(std::string_view boundary) {
  spare_boundary = boundary;
  boundaries.push_back(std::move(spare_boundary));
}

void MimeParser::Values::clear() {
  count = 0;
  strict = 0;
}

void MimeParser::Values::add(std::string_view value, bool is_lax) {
  const size_t at = std::min(count, kMax - 1);
  raw[at] = value.substr(0, kNotedBytesMax);
  lax[at] = is_lax;
  count = at + 1;
  if (!is_lax) ++strict;
}

void MimeParser::note_field(std::string_view name, std::string_view value) {
  Defects& defects = top().defects;
  if (value.size() > kNotedBytesMax && starts_with_ignore_case(name, "Content-")) {
    defects.add(Defect::kFieldTooLong);
    hints_.structure = true;
  }
  if (equals_ignore_case(name, "Content-Type")) {
    if (type_values_.strict > 0) defects.add(Defect::kDuplicateContentType);
    type_values_.add(value, false);
  } else if (equals_ignore_case(name, "Content-Transfer-Encoding")) {
    if (encoding_values_.strict > 0) defects.add(Defect::kDuplicateEncoding);
    encoding_values_.add(value, false);
  } else if (equals_ignore_case(name, "Content-Disposition")) {
    disposition_values_.add(value, false);
  } else {
    return note_hidden_field(name, value);
  }
  if (type_values_.strict > 1 || encoding_values_.strict > 1) hints_.structure = true;
}

// A Content-* field behind junk, or in the folded lines of another field.
void MimeParser::note_hidden_field(std::string_view name, std::string_view value) {
  std::optional<FoundField> found;
  if (!name.empty()) found = find_content_field(name);
  if (found && !value.empty()) found->value = value;
  if (!found && name.empty()) found = find_content_field(value);
  if (!name.empty() && lists_field_names(name)) return;
  for (size_t fold = value.find('\n'); !found && fold != std::string_view::npos;
       fold = value.find('\n', fold + 1)) {
    const std::string_view line = value.substr(fold + 1);
    if (find_content_field(line.substr(0, line.find('\n')))) found = find_content_field(line);
  }
  if (!found) {
    if (!lax_ || !(found = find_content_field(std::string(name) + ":" + std::string(value))))
      return;
    found->value = value;
  }
  hints_.structure = true;
  if (!lax_) return;
  top().defects.add(Defect::kHiddenField);
  Values& values = found->field == ContentField::kType       ? type_values_
                   : found->field == ContentField::kEncoding ? encoding_values_
                                                             : disposition_values_;
  values.add(found->value, true);
}

std::string_view MimeParser::chosen(const Values& values) const {
  if (values.count == 0) return {};
  const bool last = reading_.structure == Reading::Structure::kLast;
  return values.raw[last ? values.count - 1 : 0];
}

// A forgiving reading takes the value that makes a container of the part, kLeaf the one that
// doesn't.
std::string_view MimeParser::chosen_type() const {
  const bool leaf = reading_.structure == Reading::Structure::kLeaf;
  if (!lax_ && !leaf) return chosen(type_values_);
  for (size_t i = 0; i < type_values_.count; ++i) {
    const std::string_view raw = type_values_.raw[i];
    const bool container = looks_like_multipart(raw) || looks_like_message(raw) ||
                           to_lower(raw).find("boundary") != std::string::npos;
    if (container != leaf) return raw;
  }
  return chosen(type_values_);
}

void MimeParser::resolve_headers() {
  Part& part = top();
  const std::string_view raw_type = chosen_type();
  const auto plain = parse_plain_type(raw_type);
  const ContentType parsed = plain ? ContentType() : parse_content_type(raw_type);
  const auto parameter = [&](std::string_view name) {
    return plain ? plain->get(name) : parsed.parameters.get(name);
  };
  const std::string_view type = plain ? plain->word : parsed.type;
  if (!type.empty()) {
    assign_lower(part.type, type);
  } else if (type_values_.count > 0) {
    part.defects.add(Defect::kBadContentType);
    hints_.structure = true;
  }
  part.charset = parameter("charset");
  if (equals_ignore_case(parameter("format"), "flowed"))
    part.flow = equals_ignore_case(parameter("delsp"), "yes") ? Part::Flow::kFlowedDelSp
                                                              : Part::Flow::kFlowed;
  resolve_encodings();
  resolve_names(parameter("name"));
  resolve_kind(raw_type, parameter("boundary"));
}

void MimeParser::resolve_encodings() {
  Part& part = top();
  const std::string_view raw = chosen(encoding_values_);
  part.encoding = codec::parse_transfer_encoding(raw);
  part.encodings.push_back(part.encoding);
  const bool plain = is_plain_encoding(raw);
  assign_lower(part.encoding_label, trim(plain ? raw : unfold(raw)));
  if (part.encoding == TransferEncoding::kUnknown) part.defects.add(Defect::kUnknownEncoding);
  if (encoding_values_.count == 0 || (encoding_values_.count == 1 && plain)) return;
  for (size_t i = 0; i < encoding_values_.count; ++i) {
    add_encoding(part.encodings, codec::parse_transfer_encoding(encoding_values_.raw[i]));
    find_encodings(encoding_values_.raw[i], part.encodings);
  }
  const bool unknown = part.encoding == TransferEncoding::kUnknown;
  if (unknown && part.encodings.size() == 1) {
    add_encoding(part.encodings, TransferEncoding::kBase64);
    add_encoding(part.encodings, TransferEncoding::kQuotedPrintable);
  } else if (part.encodings.size() > 1) {
    part.defects.add(Defect::kAmbiguousEncoding);
  }
}

void MimeParser::resolve_names(std::string_view type_name) {
  Part& part = top();
  const std::string_view raw = chosen(disposition_values_);
  const auto plain = parse_plain_value(raw);
  const ContentDisposition parsed = plain ? ContentDisposition() : parse_content_disposition(raw);
  const std::string_view file_name =
      plain ? plain->get("filename") : parsed.parameters.get("filename");
  part.attachment =
      equals_ignore_case(plain ? plain->word : std::string_view(parsed.disposition), "attachment");
  part.file_name = file_name.empty() ? type_name : file_name;
  if (type_name != part.file_name) part.other_name = type_name;
  find_further_names();
}

// What is plain, and is the only one of its kind, has no other name.
void MimeParser::find_further_names() {
  Part& part = top();
  const bool plain_type = type_values_.count == 0 || parse_plain_value(type_values_.raw[0]);
  const bool plain_disposition =
      disposition_values_.count == 0 || parse_plain_value(disposition_values_.raw[0]);
  const bool alone = type_values_.count <= 1 && disposition_values_.count <= 1;
  if (alone && plain_type && plain_disposition) return;
  std::string all;  // sections of a name may stand in two fields
  for (const Values* values : {&type_values_, &disposition_values_})
    for (size_t i = 0; i < values->count; ++i) all += "; " + values->raw[i];
  find_names(all, part.further_names);
  std::erase_if(part.further_names, [&](const std::string& name) {
    return name == part.file_name || name == part.other_name;
  });
}

void MimeParser::resolve_kind(std::string_view raw_type, std::string_view strict_boundary) {
  Level& level = top_level();
  Part& part = level.part;
  using Structure = Reading::Structure;
  if (rest_is_leaf_) return;
  const bool is_root = open_ == 1;
  const bool encoded = is_encoded(part.encoding);
  bool is_message = is_message_type(part.type) || (lax_ && looks_like_message(raw_type));
  bool is_multipart = part.type.starts_with("multipart/");
  if (any_delimiter_) {
    is_multipart = is_root;
    is_message = is_message && encoded && !is_root;
  } else {
    resolve_boundaries(raw_type, strict_boundary);
    if (lax_ && !level.boundaries.empty()) is_multipart = true;
    if (!is_multipart && !level.boundaries.empty()) {
      part.defects.add(Defect::kBoundaryOnLeaf);
      hints_.structure = true;
    }
  }
  if (!is_multipart && !is_message) return level.clear_boundaries();
  if (root_depth_ + open_ >= limits_.depth) {
    level.clear_boundaries();
    return part.defects.add(Defect::kTooDeep);
  }
  if (!is_multipart) {
    level.clear_boundaries();
    part.kind = Part::Kind::kMessage;
    if (!encoded) steps_.insert(steps_.begin() + static_cast<ptrdiff_t>(step_), Step::kPartBegin);
    return;
  }
  if (encoded && !any_delimiter_) {
    hints_.encoded_box = true;
    if (reading_.structure == Structure::kLeaf) return level.clear_boundaries();
  }
  if (level.boundaries.empty() && !any_delimiter_) {
    hints_.structure = true;
    return part.defects.add(strict_boundary.empty() ? Defect::kMissingBoundary
                                                    : Defect::kBoundaryTooLong);
  }
  if (encoded) {
    part.defects.add(Defect::kEncodedContainer);
    part.encoding = TransferEncoding::kIdentity;
  }
  part.kind = Part::Kind::kMultipart;
  level.is_digest = part.type == "multipart/digest";
  level.is_box = true;
  ++boxes_;
}

void MimeParser::resolve_boundaries(std::string_view raw_type, std::string_view strict_boundary) {
  Level& level = top_level();
  std::vector<std::string>& list = level.boundaries;
  if (!parse_plain_value(raw_type))
    find_boundaries(raw_type, strict_boundary, list);
  else if (!strict_boundary.empty())
    level.add_boundary(strict_boundary);
  std::erase_if(list, [&](const std::string& b) { return b.size() > limits_.boundary_bytes; });
  if (list.size() > 1) {
    level.part.defects.add(Defect::kAmbiguousBoundary);
    hints_.structure = true;
  }
  if (list.size() <= 1) return;
  if (!lax_) {
    const bool last = reading_.structure == Reading::Structure::kLast;
    if (last) std::swap(list.front(), list.back());
    list.resize(1);
  } else if (reading_.boundary > 0) {
    std::swap(list.front(), list[std::min<size_t>(reading_.boundary, list.size()) - 1]);
    list.resize(1);
  }
}

}  // namespace sekisho::mail
