// mail/apple_file.h: the file in an AppleSingle, and the name in an AppleDouble, while it streams.
//
//   AppleFile a;  a.feed(chunk, on_file);  …  a.finish(on_file);
//
// Given are the data fork (none in an AppleDouble: there it is the part beside) and the real name,
// which may stand behind it.
//
// Memory: kEntriesMax entries, a name of 255 bytes.  Process: inspector worker.  Time: linear.
// Broken input: never fails; entries beyond kEntriesMax and what lies outside the file are not
// there. Standard: RFC 1740, appendices A and B.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mail/inner_file.h"

namespace sekisho::mail {

class AppleFile {
 public:
  static constexpr std::string_view kSingleMagic{"\x00\x05\x16\x00", 4};
  static constexpr std::string_view kDoubleMagic{"\x00\x05\x16\x07", 4};
  static constexpr size_t kEntriesMax = 64;

  void reset() { *this = AppleFile(); }
  void feed(std::string_view bytes, const OnInnerFile& on_file);
  void finish(const OnInnerFile& on_file);

 private:
  static constexpr size_t kHeaderBytes = 26, kEntryBytes = 12, kNameBytesMax = 255;

  // Of the file: bytes begin..end, none where it has no such entry.
  struct Range {
    uint64_t begin = 0, end = 0;
  };

  size_t take_head(std::string_view bytes);
  void on_entry();
  std::string_view cut(std::string_view bytes, Range range) const;
  void give_name(const OnInnerFile& on_file);
  void open(const OnInnerFile& on_file);

  uint64_t at_ = 0;
  std::array<unsigned char, kHeaderBytes> head_{};  // the header, then each entry
  size_t have_ = 0;
  bool in_header_ = true;
  uint64_t entries_ = 0;  // still to come
  Range data_, name_range_;
  std::string name_;
  bool open_ = false, name_given_ = false;
};

}  // namespace sekisho::mail
