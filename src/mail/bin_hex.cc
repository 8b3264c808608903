#include "mail/bin_hex.h"

#include "base/bytes.h"

namespace sekisho::mail {
namespace {

constexpr std::string_view kDigits =
    "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
constexpr unsigned char kRun = 0x90;
constexpr size_t kNameBytesMax = 64;

}  // namespace

void BinHex::feed(std::string_view in, std::string& out) {
  for (const char c : in) {
    if (ended_) return;
    if (c == ':') {
      ended_ = begun_;
      begun_ = true;
      continue;
    }
    const size_t value = kDigits.find(c);
    if (!begun_ || value == std::string_view::npos) continue;
    bits_ = bits_ << 6 | static_cast<uint32_t>(value);
    bit_count_ += 6;
    if (bit_count_ < 8) continue;
    bit_count_ -= 8;
    take_byte(static_cast<unsigned char>(bits_ >> bit_count_), out);
  }
}

// RFC 1741 §4: 0x90 and a count repeat the byte before; 0x90 0 is the byte 0x90.
void BinHex::take_byte(unsigned char byte, std::string& out) {
  if (run_) {
    run_ = false;
    if (byte == 0) {
      last_ = kRun;
      return take_unpacked(kRun, out);
    }
    for (unsigned i = 1; i < byte; ++i) take_unpacked(last_, out);
  } else if (byte == kRun) {
    run_ = true;
  } else {
    last_ = byte;
    take_unpacked(byte, out);
  }
}

// Length and name, a zero, type, creator, flags, two fork lengths, a checksum: then the data fork.
void BinHex::take_unpacked(unsigned char byte, std::string& out) {
  const uint64_t at = at_++;
  if (at == 0) {
    name_length_ = byte;
    return;
  }
  if (at <= name_length_) {
    if (name_.size() < kNameBytesMax) name_ += static_cast<char>(byte);
    return;
  }
  const uint64_t behind = at - name_length_ - 1;
  if (behind >= 11 && behind < 15) data_length_ = data_length_ << 8 | byte;
  if (behind >= 21 && behind - 21 < data_length_) out += static_cast<char>(byte);
}

}  // namespace sekisho::mail
