// attachment/seven_zip_numbers.h: bytes and numbers of a 7z's directory, one after the other.
//
// Nothing comes from behind the end.  Lifetime: the bytes outlive it.
// Source: 7-Zip's 7zFormat.txt.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sekisho::attachment {

class SevenZipNumbers {
 public:
  explicit SevenZipNumbers(std::string_view bytes) : bytes_(bytes) {}

  // As many leading ones in the first byte as bytes follow.
  std::optional<uint64_t> number() {
    const auto first = byte();
    if (!first) return std::nullopt;
    uint64_t value = 0;
    uint8_t mask = 0x80;
    for (unsigned i = 0; i < 8; ++i, mask = static_cast<uint8_t>(mask >> 1)) {
      if ((*first & mask) == 0)
        return value | static_cast<uint64_t>(*first & (mask - 1)) << (8 * i);
      const auto next = byte();
      if (!next) return std::nullopt;
      value |= static_cast<uint64_t>(*next) << (8 * i);
    }
    return value;
  }
  std::optional<uint8_t> byte() {
    if (at_ >= bytes_.size()) return std::nullopt;
    return static_cast<uint8_t>(bytes_[at_++]);
  }
  // Fewer where fewer are left.
  std::string_view take(uint64_t count) {
    const std::string_view taken =
        bytes_.substr(at_, static_cast<size_t>(std::min<uint64_t>(count, bytes_.size() - at_)));
    at_ += taken.size();
    return taken;
  }
  bool skip_to(uint8_t id) {
    while (const auto b = byte())
      if (*b == id) return true;
    return false;
  }
  size_t at() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace sekisho::attachment
