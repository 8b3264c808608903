// TransferDecoder in every encoding, and LooseDecoder in every way: any cut gives the same bytes
// and defects, the output is never longer than the input, and base64 agrees with a decoder that
// goes byte by byte.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/loose_decoder.h"
#include "codec/transfer_decoder.h"

using namespace sekisho::codec;

namespace {

constexpr size_t kHeldBytesMax = 1024;

struct Decoded {
  std::string bytes;
  unsigned defects = 0;
  bool operator==(const Decoded&) const = default;
};

template <typename Decoder>
std::string feed_all(Decoder& decoder, std::string_view in, size_t step) {
  std::string bytes;
  for (size_t at = 0; at < in.size(); at += step) {
    const std::string own(in.substr(at, step));
    const size_t before = bytes.size();
    decoder.feed(own, bytes);
    SEKISHO_CHECK(bytes.size() - before <= own.size() + kHeldBytesMax);
    SEKISHO_CHECK(bytes.size() <= at + own.size());
  }
  decoder.finish(bytes);
  SEKISHO_CHECK(bytes.size() <= in.size());
  return bytes;
}

Decoded decode(std::string_view in, size_t step, TransferEncoding encoding, uint8_t way) {
  if (way > 0) {
    LooseDecoder decoder;
    decoder.reset(encoding, way);
    return {feed_all(decoder, in, step)};
  }
  TransferDecoder decoder(encoding);
  const std::string bytes = feed_all(decoder, in, step);
  return {bytes, decoder.defects()};
}

// The definition: digits in order; "=" ends a group of two digits or more.
std::string base64_plainly(std::string_view in) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  unsigned digits = 0;
  const auto end_group = [&] {
    for (unsigned byte = 0; byte + 1 < digits; ++byte)
      out += static_cast<char>(bits << (24 - 6 * digits) << 8 >> (24 - 8 * byte));
    bits = digits = 0;
  };
  for (const char c : in) {
    const size_t value = kDigits.find(c);
    if (c == '=' && digits != 1) end_group();
    if (value == std::string_view::npos) continue;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (++digits == 4) end_group();
  }
  end_group();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 3) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const auto encoding = static_cast<TransferEncoding>(bytes[1] % 6u);
  const auto way = static_cast<uint8_t>(bytes[2] % (LooseDecoder::ways(encoding) + 1u));
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 3, size - 3);
  const Decoded whole = decode(in, std::max<size_t>(in.size(), 1), encoding, way);
  SEKISHO_CHECK(decode(in, step, encoding, way) == whole);
  SEKISHO_CHECK(decode(in, 1, encoding, way) == whole);
  if (encoding == TransferEncoding::kBase64 && way == 0)
    SEKISHO_CHECK(whole.bytes == base64_plainly(in));
  parse_transfer_encoding(in);
  return 0;
}
