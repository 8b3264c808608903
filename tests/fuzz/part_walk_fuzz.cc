// PartWalk on hostile bytes, in all readings: parts nest, readings are bounded, and all of it is
// the same however the input is cut.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "part_walk_text.h"

using namespace sekisho::mail;

namespace {

MimeLimits limits() {
  MimeLimits limits;
  limits.depth = 8;
  limits.parts = 20;
  limits.field_bytes = 2000;
  limits.boundary_bytes = 100;
  return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const std::string_view source(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const size_t step = bytes[0] % 64u + 1;
  std::vector<std::string_view> chunks;
  for (size_t at = 0; at < source.size(); at += step) chunks.push_back(source.substr(at, step));
  SEKISHO_CHECK(PartWalkText(limits()).play(chunks) == PartWalkText(limits()).play({source}));
  return 0;
}
