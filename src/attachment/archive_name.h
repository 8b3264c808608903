// attachment/archive_name.h: the bytes of a name in an archive → UTF-8.
//
// Archives seldom say in which charset their names are. Windows writes a zip's in the code page of
// the machine: CP932 in Japan.
//
// Process: inspector worker, after codec::open_common_charsets().  Memory: fixed.

#pragma once

#include <string>
#include <string_view>

#include "codec/charset_decoder.h"

namespace sekisho::attachment {

class ArchiveName {
 public:
  // Valid UTF-8 is UTF-8; else EUC-JP where the bytes speak for it; else CP932.
  std::string guess(std::string_view raw);
  static std::string from_utf16(std::string_view little_endian);

 private:
  codec::CharsetDecoder decoder_;
};

}  // namespace sekisho::attachment
