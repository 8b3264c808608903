#include "attachment/pdf_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>

#include "attachment/pdf_password.h"
#include "base/bytes.h"

namespace sekisho::attachment {
namespace {

constexpr size_t kMarkWithin = 1024;  // what readers accept in front of "%PDF-"
constexpr size_t kTrailerBytesMax = 8 << 10;
constexpr size_t kDictionaryBytesMax = 4096;
constexpr size_t kObjectsOfOneNumberMax = 8;

void skip_space(std::string_view text, size_t& at) {
  while (at < text.size() && is_pdf_space(text[at])) ++at;
}

std::string read_range(FileView& file, uint64_t from, uint64_t end) {
  std::string all;
  end = std::min(end, file.size());
  while (from < end) {
    const auto want = std::min<uint64_t>(end - from, FileView::kWindowBytes);
    const auto b = file.bytes(from, static_cast<size_t>(want));
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
  skip_space(tail, at);
  uint64_t offset = 0;
  const char* end = tail.data() + tail.size();
  if (std::from_chars(tail.data() + at, end, offset).ec != std::errc{}) return std::nullopt;
  return offset;
}

// "12 0" of the reference "12 0 R".
std::string parse_reference(std::string_view text, size_t at) {
  std::string words;
  for (int i = 0; i < 2; ++i) {
    skip_space(text, at);
    if (i > 0) words += ' ';
    while (at < text.size() && is_digit(text[at]) && words.size() < 20) words += text[at++];
  }
  return words;
}

// The first string of each /ID that stands near.
std::set<std::string> find_ids(std::string_view text, size_t near) {
  const size_t from = near - std::min(near, kTrailerBytesMax);
  const std::string_view around = text.substr(from, 2 * kTrailerBytesMax);
  std::set<std::string> ids{std::string()};  // a file may have none
  constexpr size_t kIdsMax = 4;
  for (size_t at = 0; (at = around.find("/ID", at)) != std::string_view::npos;) {
    at += 3;
    skip_space(around, at);
    if (at >= around.size() || around[at] != '[' || ids.size() > kIdsMax) continue;
    ++at;
    skip_space(around, at);
    ids.insert(take_pdf_string(around, at));
  }
  return ids;
}

bool opens(std::string_view dictionary, const std::set<std::string>& ids) {
  const PdfDictionary parsed = parse_pdf_dictionary(dictionary);
  return std::any_of(ids.begin(), ids.end(),
                     [&](const std::string& id) { return opens_without_password(parsed, id); });
}

class Reader {
 public:
  explicit Reader(FileView& file) : file_(file) {}

  // Is there an /Encrypt that we have no password for? `null` is as good as nothing.
  bool needs_password(std::string_view text) {
    for (size_t at = 0; (at = text.find('/', at)) != std::string_view::npos;) {
      if (take_pdf_name(text, ++at) != "Encrypt") continue;
      skip_space(text, at);
      if (at >= text.size()) return false;
      if (text[at] == '<' && !opens(text.substr(at, kDictionaryBytesMax), find_ids(text, at)))
        return true;
      if (is_digit(text[at]) && !object_opens(parse_reference(text, at), find_ids(text, at)))
        return true;
    }
    return false;
  }

 private:
  bool object_opens(const std::string& reference, const std::set<std::string>& ids) {
    if (opened_.count(reference) != 0) return true;
    if (opened_.size() >= kPdfSearchesMax) return false;
    const std::string head = reference + " obj";
    size_t found = 0;
    for (uint64_t from = 0; const auto at = file_.find(head, from, file_.size());) {
      from = *at + head.size();
      if (*at > 0 && is_digit(file_.bytes(*at - 1, 1).front())) continue;
      if (++found > kObjectsOfOneNumberMax) return false;
      const std::string text = read_range(file_, from, from + kDictionaryBytesMax);
      const size_t begin = text.find("<<");
      if (begin == std::string::npos || !opens(std::string_view(text).substr(begin), ids))
        return false;
    }
    if (found > 0) opened_.insert(reference);
    return found > 0;
  }

  FileView& file_;
  std::set<std::string> opened_;
};

}  // namespace

PdfOutcome read_pdf(FileView& file) {
  PdfOutcome out;
  const auto mark = file.bytes(0, kMarkWithin).find("%PDF-");
  if (mark == std::string_view::npos) return out;
  out.is_pdf = true;
  Reader reader(file);
  out.is_encrypted = reader.needs_password(read_range(file, 0, kPdfEndBytes));
  if (out.is_encrypted || file.size() <= kPdfEndBytes) return out;
  const std::string tail = read_range(file, file.size() - kPdfEndBytes, file.size());
  out.is_encrypted = reader.needs_password(tail);
  const auto start = parse_start(tail);
  if (out.is_encrypted || !start || *start >= file.size()) return out;
  const uint64_t at = *start + mark;  // offsets count from the mark
  out.is_encrypted = reader.needs_password(read_range(file, at, at + kTrailerBytesMax));
  return out;
}

}  // namespace sekisho::attachment
