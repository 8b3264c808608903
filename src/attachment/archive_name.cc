#include "attachment/archive_name.h"

#include "attachment/file_view.h"
#include "codec/charset_witness.h"
#include "codec/utf8.h"

namespace sekisho::attachment {

std::string ArchiveName::guess(std::string_view raw) {
  if (codec::valid_utf8_prefix(raw) == raw.size()) return std::string(raw);
  codec::CharsetWitness witness;
  witness.feed(raw);
  const bool is_euc = witness.second_reading({}) == "euc-jp";
  decoder_.reset(is_euc ? "euc-jp" : "shift_jis");
  std::string name;
  decoder_.feed(raw, name);
  decoder_.finish(name);
  return name;
}

std::string ArchiveName::from_utf16(std::string_view in) {
  std::string out;
  for (size_t i = 0; i + 1 < in.size(); i += 2) {
    uint32_t c = little16(in, i);
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < in.size()) {
      const uint32_t low = little16(in, i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    codec::append_code_point(c >= 0xD800 && c < 0xE000 ? 0xFFFD : c, out);
  }
  return out;
}

}  // namespace sekisho::attachment
