// MboxReader on hostile bytes: begin and end alternate, chunks are the bytes at their offset, and
// all of it is the same however the input is cut.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "mail/mbox_reader.h"

using namespace sekisho::mail;

namespace {

class Player {
 public:
  Player(std::string_view source, size_t step) : source_(source) {
    for (size_t at = 0; at < source.size(); at += step) {
      const std::string own(source.substr(at, step));
      reader_.feed(own);
      drain();
    }
    reader_.finish();
    drain();
    SEKISHO_CHECK(!open_);
  }

  const std::string& events() const { return events_; }

 private:
  void drain() {
    while (const auto event = reader_.next()) check(*event);
  }

  void check(const MboxEvent& e) {
    using Kind = MboxEvent::Kind;
    SEKISHO_CHECK(open_ == (e.kind != Kind::kMessageBegin));
    if (e.kind == Kind::kChunk) {
      SEKISHO_CHECK(!e.bytes.empty() && e.offset >= seen_ && e.offset <= source_.size());
      SEKISHO_CHECK(source_.substr(e.offset, e.bytes.size()) == e.bytes);
      seen_ = e.offset + e.bytes.size();
      events_ += e.bytes;
      return;
    }
    open_ = e.kind == Kind::kMessageBegin;
    if (open_) SEKISHO_CHECK(source_.substr(e.offset).starts_with(e.from_line));
    events_ += open_ ? "\nbegin " + std::string(e.from_line) + "\n" : "\nend\n";
  }

  std::string_view source_;
  MboxReader reader_;
  std::string events_;
  uint64_t seen_ = 0;
  bool open_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const std::string_view source(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const Player whole(source, source.size() + 1);
  SEKISHO_CHECK(Player(source, bytes[0] % 64u + 1).events() == whole.events());
  return 0;
}
