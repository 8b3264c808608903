#include "inspect/header_places.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "inspect/verdict.h"

namespace sekisho::inspect {
namespace {

constexpr size_t kLineHeadBytes = 17
                                  << 10;  // the parser looks at so many bytes for a field's colon
constexpr size_t kWindowBytes = 32 << 10;

struct Line {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string head;

  bool is_empty() const { return head == "\r\n" || head == "\n" || head == "\r"; }
  bool is_continuation() const { return is_blank(head.front()); }
};

class LineReader {
 public:
  LineReader(int spool, uint64_t size) : spool_(spool), size_(size) {}

  // False at the end.
  Result<bool> next(Line& line) {
    line.begin = at_;
    line.head.clear();
    for (bool ended = false; !ended;) {
      if (rest_.empty()) {
        const auto more = fill();
        if (!more) return more;
        if (!*more) break;
      }
      const size_t end = rest_.find('\n');
      ended = end != std::string_view::npos;
      const size_t take = ended ? end + 1 : rest_.size();
      line.head.append(rest_.substr(0, std::min(take, kLineHeadBytes - line.head.size())));
      rest_.remove_prefix(take);
      at_ += take;
    }
    line.end = at_;
    return line.end > line.begin;
  }

 private:
  Result<bool> fill() {
    const size_t want = static_cast<size_t>(std::min<uint64_t>(window_.size(), size_ - at_));
    if (want == 0) return false;
    const auto n = read_at(spool_, {window_.data(), want}, at_);
    if (!n) return n.error();
    rest_ = {window_.data(), *n};
    return *n > 0;
  }

  int spool_;
  uint64_t size_;
  uint64_t at_ = 0;
  std::array<char, kWindowBytes> window_;
  std::string_view rest_;
};

// Line by line; `last_is_ours` for continuations.
class PlaceList {
 public:
  void add(const Line& line) {
    if (!line.is_continuation()) {
      const std::string_view name = field_name_of(line.head);
      in_ours_ = is_our_field(name);
      if (equals_ignore_case(name, "Subject") && !places_.subject_value) note_subject(line);
    }
    if (in_ours_) extend(line);
  }
  bool in_ours() const { return in_ours_; }
  void drop_last() { places_.ours.pop_back(); }
  HeaderPlaces take() { return std::move(places_); }

 private:
  void extend(const Line& line) {
    if (!places_.ours.empty() && places_.ours.back().end == line.begin)
      places_.ours.back().end = line.end;
    else if (places_.ours.size() <= kRemovalsMax)
      places_.ours.push_back({line.begin, line.end});
  }

  void note_subject(const Line& line) {
    size_t at = line.head.find(':') + 1;
    const uint64_t begin = line.begin + at;
    while (at < line.head.size() && is_blank(line.head[at])) ++at;
    places_.subject_value = HeaderPlaces::Range{begin, line.begin + at};
  }

  HeaderPlaces places_;
  bool in_ours_ = false;
};

}  // namespace

bool is_our_field(std::string_view name) {
  for (const std::string_view ours : {"X-Spam-Status", "X-Spam-Flag", "X-Spam-Level",
                                      "X-Sekisho-Unscanned", "X-Sekisho-Attachment"})
    if (equals_ignore_case(name, ours)) return true;
  return false;
}

std::string_view field_name_of(std::string_view line) {
  size_t end = 0;
  while (end < line.size() && line[end] != ':' && line[end] > 32 && line[end] < 127) ++end;
  const size_t colon = line.find_first_not_of(" \t", end);
  if (colon == std::string_view::npos || line[colon] != ':') return {};
  return line.substr(0, end);
}

Result<HeaderPlaces> find_header_places(int spool, uint64_t size, uint64_t until) {
  LineReader lines(spool, std::min(size, kHeaderScanMax));
  PlaceList places;
  Line line;
  for (;;) {
    const auto more = lines.next(line);
    if (!more) return more.error();
    if (!*more || line.is_empty()) break;
    places.add(line);
    if (line.begin >= until && !places.in_ours()) break;
  }
  // What reaches the scan's end may go on behind it.
  if (size > kHeaderScanMax && line.end >= kHeaderScanMax && places.in_ours()) places.drop_last();
  return places.take();
}

}  // namespace sekisho::inspect
