#include "attachment/pdf_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace sekisho::attachment {
namespace {

constexpr size_t kMarkWithin = 1024;  // what readers accept in front of "%PDF-"
constexpr size_t kTrailerBytesMax = 8 << 10;
constexpr size_t kNameBytesMax = 32;

bool is_pdf_space(char c) { return c == '\0' || c == '\f' || is_space(c); }
bool ends_name(char c) {
  return is_pdf_space(c) || std::string_view("()<>[]{}/%").find(c) != std::string_view::npos;
}

std::optional<char> parse_escape(std::string_view hex) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  if (hex.size() != 2 || error != std::errc{} || end != hex.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

// The name that begins behind a slash; `at` is then behind it.
std::string take_name(std::string_view text, size_t& at) {
  std::string name;
  while (at < text.size() && !ends_name(text[at]) && name.size() < kNameBytesMax) {
    const auto escaped = text[at] == '#' ? parse_escape(text.substr(at + 1, 2)) : std::nullopt;
    name += escaped.value_or(text[at]);
    at += escaped ? 3 : 1;
  }
  return name;
}

// The value is a dictionary or a reference to one; `null` is as good as nothing.
bool names_encryption(std::string_view text) {
  for (size_t at = 0; (at = text.find('/', at)) != std::string_view::npos;) {
    if (take_name(text, ++at) != "Encrypt") continue;
    while (at < text.size() && is_pdf_space(text[at])) ++at;
    if (at < text.size() && (is_digit(text[at]) || text[at] == '<')) return true;
  }
  return false;
}

std::string read_range(FileView& file, uint64_t from, uint64_t end) {
  std::string all;
  end = std::min(end, file.size());
  while (from < end) {
    const auto b = file.bytes(
        from, static_cast<size_t>(std::min<uint64_t>(end - from, FileView::kWindowBytes)));
    if (b.empty()) break;
    all += b;
    from += b.size();
  }
  return all;
}

// The offset that the last `startxref` gives.
std::optional<uint64_t> parse_start(std::string_view tail) {
  constexpr std::string_view kWord = "startxref";
  size_t at = tail.rfind(kWord);
  if (at == std::string_view::npos) return std::nullopt;
  at += kWord.size();
  while (at < tail.size() && is_pdf_space(tail[at])) ++at;
  uint64_t offset = 0;
  const char* end = tail.data() + tail.size();
  if (std::from_chars(tail.data() + at, end, offset).ec != std::errc{}) return std::nullopt;
  return offset;
}

}  // namespace

PdfOutcome read_pdf(FileView& file) {
  PdfOutcome out;
  const auto mark = file.bytes(0, kMarkWithin).find("%PDF-");
  if (mark == std::string_view::npos) return out;
  out.is_pdf = true;
  out.is_encrypted = names_encryption(read_range(file, 0, kPdfEndBytes));
  if (out.is_encrypted || file.size() <= kPdfEndBytes) return out;
  const std::string tail = read_range(file, file.size() - kPdfEndBytes, file.size());
  out.is_encrypted = names_encryption(tail);
  const auto start = parse_start(tail);
  if (out.is_encrypted || !start || *start >= file.size()) return out;
  const uint64_t at = *start + mark;  // offsets count from the mark
  out.is_encrypted = names_encryption(read_range(file, at, at + kTrailerBytesMax));
  return out;
}

}  // namespace sekisho::attachment
