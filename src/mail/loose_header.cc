#include "mail/loose_header.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/encoded_word.h"
#include "mail/header.h"
#include "mail/loose_parameter.h"

namespace sekisho::mail {
namespace {

constexpr size_t kJunkBytesMax = 16;  // before a field's name

constexpr struct {
  std::string_view name;
  ContentField field;
} kContentFields[] = {{"content-type", ContentField::kType},
                      {"content-transfer-encoding", ContentField::kEncoding},
                      {"content-disposition", ContentField::kDisposition}};

bool is_name_char(char c) { return is_alpha(c) || is_digit(c) || c == '-'; }

// The value as words: encoded words decoded; comments, quotes, backslashes and controls out.
std::string squeezed(std::string_view raw_value) {
  const std::string text = codec::decode_encoded_words(raw_value);
  std::string out;
  int comment = 0;
  for (const char c : text) {
    if (c == '(') ++comment;
    if (comment == 0 && c > 32 && c < 127 && c != '"' && c != '\\') out += ascii_lower(c);
    if (c == ')' && comment > 0) --comment;
  }
  return out;
}

void add_encoding(Encodings& out, codec::TransferEncoding encoding) {
  if (std::find(out.begin(), out.end(), encoding) == out.end()) out.push_back(encoding);
}

bool says_utf16(std::string_view charset) {
  return equals_ignore_case(charset, "utf-16") || equals_ignore_case(charset, "utf16");
}

void add_name(std::vector<std::string>& out, std::string name) {
  if (name.empty() || out.size() >= kNameCandidatesMax) return;
  if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
}

}  // namespace

std::optional<FoundField> find_content_field(std::string_view line) {
  size_t at = 0;
  while (at < line.size() && at < kJunkBytesMax && !is_alpha(line[at])) ++at;
  line.remove_prefix(at);
  for (const auto& [name, field] : kContentFields) {
    if (!starts_with_ignore_case(line, name)) continue;
    std::string_view value = line.substr(name.size());
    if (value.empty() || is_name_char(value.front())) continue;
    const size_t begin = value.find_first_not_of(" \t\v");
    if (begin == std::string_view::npos) return std::nullopt;
    value.remove_prefix(begin);
    if (value.front() == ':' || value.front() == '=') value.remove_prefix(1);
    return FoundField{field, value};
  }
  return std::nullopt;
}

bool lists_field_names(std::string_view field) {
  const std::string_view name = trim(field.substr(0, field.find(':')));
  return name.size() > 10 && equals_ignore_case(name.substr(name.size() - 10), "-signature");
}

void find_boundaries(std::string_view raw_value, std::string_view strict,
                     std::vector<std::string>& out) {
  const auto add = [&](std::string_view boundary) {
    boundary = trim(boundary);
    if (boundary.empty() || out.size() >= kBoundaryCandidatesMax) return;
    if (std::find(out.begin(), out.end(), boundary) == out.end()) out.emplace_back(boundary);
  };
  add(strict);
  std::vector<LooseValue> values;
  find_parameter(raw_value, {"boundary"}, values);
  if (raw_value.find("=?") != std::string_view::npos)
    find_parameter(codec::decode_encoded_words(raw_value), {"boundary"}, values);
  for (const LooseValue& value : values) add(value.bytes);
}

bool looks_like_multipart(std::string_view raw_value) {
  return squeezed(raw_value).find("multipart") != std::string::npos;
}

bool looks_like_message(std::string_view raw_value) {
  const std::string text = squeezed(raw_value);
  return text.find("message/rfc822") != std::string::npos ||
         text.find("message/global") != std::string::npos ||
         text.find("message/news") != std::string::npos;
}

void find_encodings(std::string_view raw_value, Encodings& out) {
  using codec::TransferEncoding;
  const std::string text = squeezed(raw_value);
  std::string whole = to_lower(raw_value);  // comments too
  if (text.find("base64") != std::string::npos || whole.find("base64") != std::string::npos)
    add_encoding(out, TransferEncoding::kBase64);
  if (text.find("quoted") != std::string::npos || text.find("printable") != std::string::npos ||
      whole.find("quoted-printable") != std::string::npos)
    add_encoding(out, TransferEncoding::kQuotedPrintable);
  if (text.find("uue") != std::string::npos || text == "x-uu")
    add_encoding(out, TransferEncoding::kUuencode);
}

void find_names(std::string_view raw_value, std::vector<std::string>& out) {
  std::vector<LooseValue> values;
  find_parameter(raw_value, {"filename", "name"}, values);
  for (const LooseValue& value : values) {
    if (!value.charset.empty()) {
      add_name(out, to_utf8(value.charset, value.bytes));
      if (says_utf16(value.charset)) add_name(out, to_utf8("utf-16le", value.bytes));
      continue;
    }
    add_name(out, codec::decode_encoded_words(value.bytes));
    std::string little(value.bytes);
    const size_t at = to_lower(little).find("=?utf-16?");
    if (at == std::string::npos) continue;
    add_name(out, codec::decode_encoded_words(little.replace(at, 9, "=?utf-16le?")));
  }
}

}  // namespace sekisho::mail
