// InnerFiles (TNEF, AppleSingle, AppleDouble, files in text) on hostile bytes: files don't overlap,
// what they unpack to is bounded, and all of it is the same however the input is cut.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "inner_files_text.h"

using namespace sekisho::mail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const std::string_view source(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const size_t step = bytes[0] % 64u + 1;
  std::vector<std::string_view> chunks;
  for (size_t at = 0; at < source.size(); at += step) chunks.push_back(source.substr(at, step));
  const std::string whole = text_of_inner_files({source});
  SEKISHO_CHECK(text_of_inner_files(chunks) == whole);
  // BinHex makes 255 bytes of four digits at most; a name is given once for each content.
  SEKISHO_CHECK(whole.size() <= 300 * source.size() + 1000);
  return 0;
}
