// MboxReader on hostile bytes: begin and end alternate, chunks are the bytes at their offset, each
// byte is given at most twice, and all of it is the same in whatever blocks the file is read.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"
#include "mail/mbox_reader.h"

using namespace sekisho::mail;

namespace {

class Player {
 public:
  Player(std::string_view source, MboxForm form, size_t block_bytes)
      : source_(source),
        reader_([this](uint64_t at, std::span<char> into) { return read(at, into); }, form,
                block_bytes) {
    while (const auto event = reader_.next()) check(*event);
    SEKISHO_CHECK(!open_ && given_ <= 2 * source.size());
  }

  const std::string& events() const { return events_; }

 private:
  size_t read(uint64_t at, std::span<char> into) {
    SEKISHO_CHECK(at >= reader_.needed_from());
    if (at >= source_.size()) return 0;
    const std::string_view bytes = source_.substr(at, into.size());
    std::memcpy(into.data(), bytes.data(), bytes.size());
    return bytes.size();
  }

  void check(const MboxEvent& e) {
    using Kind = MboxEvent::Kind;
    SEKISHO_CHECK(open_ == (e.kind != Kind::kMessageBegin));
    if (e.kind == Kind::kChunk) {
      SEKISHO_CHECK(!e.bytes.empty() && e.offset >= seen_ && e.offset <= source_.size());
      SEKISHO_CHECK(source_.substr(e.offset, e.bytes.size()) == e.bytes);
      seen_ = e.offset + e.bytes.size();
      given_ += e.bytes.size();
      events_ += e.bytes;
      return;
    }
    open_ = e.kind == Kind::kMessageBegin;
    if (open_) {
      SEKISHO_CHECK(source_.substr(e.offset).starts_with(e.from_line));
      seen_ = e.offset;
      events_ += "\nbegin " + std::string(e.from_line) + "\n";
      return;
    }
    SEKISHO_CHECK(e.offset >= seen_ && e.offset <= source_.size());
    events_ += e.wrong_length ? "\nwrong\n" : e.holds_message ? "\nholds\n" : "\nend\n";
  }

  std::string_view source_;
  MboxReader reader_;
  std::string events_;
  uint64_t seen_ = 0;
  size_t given_ = 0;
  bool open_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 2) return 0;
  const std::string_view source(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  const auto form = static_cast<MboxForm>(bytes[1] % 5u);
  const Player whole(source, form, source.size() + 1);
  SEKISHO_CHECK(Player(source, form, bytes[0] % 64u + 1).events() == whole.events());
  return 0;
}
