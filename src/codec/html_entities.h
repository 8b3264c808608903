// codec/html_entities.h: HTML character references → UTF-8, while they stream.
//
// Behind "&", feed() takes characters until it says no; end() then appends what the reference
// stands for. A name without a semicolon is read where HTML allows it, by its longest known
// beginning ("&notit" is "¬it"); what is none stays as it stands.
//
// Memory: fixed.  Broken input: never fails.  Standards: WHATWG HTML §13.2.5.72 to §13.2.5.80
// (0x80 to 0x9F are Windows-1252; NUL, surrogates and what is over U+10FFFF become U+FFFD).

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::codec {

// Windows-1252, bytes 0x80 to 0x9F.
inline constexpr std::array<uint16_t, 32> kWindows1252{
    0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
    0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

class EntityReader {
 public:
  enum class Place { kText, kAttribute };

  void reset(Place place);
  // Takes a character of the reference, its semicolon included; false: the reference ended before.
  bool feed(char c);
  bool ended() const { return semicolon_; }
  // `next`: the character behind it, 0 where there is none.
  void end(char next, std::string& out);

 private:
  enum class Form { kBegin, kName, kHash, kDecimal, kHexMark, kHex };

  void end_name(char next, std::string& out) const;
  static constexpr size_t kNameBytesMax = 32;

  Place place_ = Place::kText;
  Form form_ = Form::kBegin;
  bool semicolon_ = false;
  uint32_t number_ = 0;
  size_t length_ = 0;
  std::array<char, kNameBytesMax> name_{};  // or "#", "#x", "#X"
};

}  // namespace sekisho::codec
