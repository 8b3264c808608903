// CharsetDecoder and CharsetWitness under every label: any cut gives the same text, which is valid
// UTF-8 of at most three bytes for each byte, and the same witness.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/charset_decoder.h"
#include "codec/charset_witness.h"
#include "codec/utf8.h"

using namespace sekisho::codec;

namespace {

constexpr std::string_view kLabels[] = {
    "utf-8",        "iso-2022-jp", "shift_jis",    "euc-jp",       "gb18030",     "big5",
    "euc-kr",       "iso-8859-1",  "koi8-r",       "windows-1251", "utf-7",       "utf-16",
    "utf-16le",     "utf-32",      "hz-gb-2312",   "iso-2022-kr",  "iso-2022-cn", "big5-hkscs",
    "windows-1258", "euc-tw",      "no such label"};

struct Decoded {
  std::string text;
  size_t replaced = 0;
  std::string second;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view in, size_t step, std::string_view label) {
  static CharsetDecoder decoder;
  CharsetWitness witness;
  decoder.reset(label);
  Decoded decoded;
  for (size_t at = 0; at < in.size(); at += step) {
    const std::string own(in.substr(at, step));
    decoder.feed(own, decoded.text);
    witness.feed(own);
  }
  decoder.finish(decoded.text);
  decoded.replaced = decoder.replaced();
  decoded.second = witness.second_reading(label);
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 2) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const std::string_view label = kLabels[bytes[1] % std::size(kLabels)];
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  const Decoded whole = decode(in, std::max<size_t>(in.size(), 1), label);
  SEKISHO_CHECK(decode(in, step, label) == whole);
  SEKISHO_CHECK(decode(in, 1, label) == whole);
  SEKISHO_CHECK(valid_utf8_prefix(whole.text) == whole.text.size());
  // Big5-HKSCS has bytes that stand for two code points of three bytes.
  SEKISHO_CHECK(whole.text.size() <= 3 * in.size() + 3);
  return 0;
}
