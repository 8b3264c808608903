// Decompressor on hostile bytes: whole or broken, and what comes out, is the same however the input
// is cut; it always gets on.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/decompressor.h"

using namespace sekisho;
using namespace sekisho::codec;

namespace {

constexpr size_t kOutBytesMax = 4 << 20;

// "+" and what came out, or "-" where it is broken or too much.
std::string unpacked(std::string_view source, size_t step) {
  const auto decompressor = make_decompressor(compression_of(source));
  std::string out = "+";
  const Decompressor::OnBytes keep = [&](std::string_view bytes) -> Result<void> {
    SEKISHO_CHECK(!bytes.empty() && bytes.size() <= Decompressor::kOutBytes);
    out += bytes;
    if (out.size() > kOutBytesMax) return Error{"too much", 0};
    return {};
  };
  for (size_t at = 0; at < source.size(); at += step)
    if (!decompressor->feed(std::string(source.substr(at, step)), keep)) return "-";
  return decompressor->finish(keep) ? out : "-";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const std::string_view source(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (compression_of(source) == Compression::kNone) return 0;
  SEKISHO_CHECK(unpacked(source, bytes[0] % 64u + 1) == unpacked(source, source.size()));
  return 0;
}
