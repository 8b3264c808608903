// MimeParser on hostile bytes: events nest, offsets are true, no byte of a body is given twice or
// out of order, and all of it is the same however the input is cut.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "mail/mime_parser.h"

using namespace sekisho::mail;

namespace {

class Player {
 public:
  Player(std::string_view source, size_t step) : source_(source), parser_(limits()) {
    for (size_t at = 0; at < source.size(); at += step) {
      const std::string own(source.substr(at, step));  // a view kept too long is seen by ASan
      parser_.feed(own);
      drain();
    }
    parser_.finish();
    drain();
    SEKISHO_CHECK(ended_ && open_.empty());
  }

  const std::string& events() const { return events_; }

 private:
  static MimeLimits limits() {
    MimeLimits limits;
    limits.depth = 8;
    limits.parts = 20;
    limits.field_bytes = 2000;
    limits.boundary_bytes = 100;
    return limits;
  }

  void drain() {
    while (const auto event = parser_.next()) check(*event);
  }

  void check(const MimeEvent& e) {
    using Kind = MimeEvent::Kind;
    SEKISHO_CHECK(!ended_);
    if (e.kind == Kind::kEnd) {
      ended_ = true;
      return;
    }
    if (e.kind == Kind::kPartBegin) {
      open_.push_back(e.part->path);
      events_ += "begin ";
    }
    SEKISHO_CHECK(!open_.empty() && open_.back() == e.part->path);
    SEKISHO_CHECK(e.part->depth + 1 == open_.size() && open_.size() <= 9);
    if (e.kind == Kind::kHeaderField || e.kind == Kind::kBodyChunk) check_range(e);
    if (e.kind == Kind::kHeadersEnd) events_ += e.part->type + " " + e.part->file_name;
    if (e.kind == Kind::kPartEnd) end_part(*e.part);
    if (e.kind != Kind::kBodyChunk) events_ += e.part->path + "\n";
  }

  void check_range(const MimeEvent& e) {
    SEKISHO_CHECK(e.offset >= seen_ && e.length <= source_.size() - e.offset);
    seen_ = e.offset + e.length;
    const std::string_view bytes = source_.substr(e.offset, e.length);
    if (e.kind == MimeEvent::Kind::kBodyChunk) {
      SEKISHO_CHECK(!e.bytes.empty() && e.bytes == bytes);
      events_ += e.bytes;
    } else {
      SEKISHO_CHECK(bytes.starts_with(e.name));
      SEKISHO_CHECK(bytes.find(e.value) != std::string_view::npos);
      events_ += "field " + std::string(e.name) + "[" + std::string(e.value) + "] ";
    }
  }

  void end_part(const Part& part) {
    SEKISHO_CHECK(part.header_begin <= part.body_begin && part.body_begin <= part.body_end);
    SEKISHO_CHECK(part.body_end <= source_.size());
    for (const std::string_view name : part.defects.names()) events_ += std::string(name) + " ";
    events_ += "end ";
    open_.pop_back();
  }

  std::string_view source_;
  MimeParser parser_;
  std::vector<std::string> open_;
  std::string events_;
  uint64_t seen_ = 0;
  bool ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const std::string_view source(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const Player whole(source, source.size() + 1);
  SEKISHO_CHECK(Player(source, bytes[0] % 64u + 1).events() == whole.events());
  return 0;
}
