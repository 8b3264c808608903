// NormalizedText: any cut gives the same valid UTF-8 and the same way back, which never runs
// backwards and never leaves the input.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "codec/normalized_text.h"
#include "codec/utf8.h"

using namespace sekisho::codec;

namespace {

struct Normal {
  std::string text;
  std::vector<uint64_t> sources;
  bool operator==(const Normal&) const = default;
};

Normal normal(std::string_view in, size_t step) {
  NormalizedText text;
  Normal made;
  for (size_t at = 0; at < in.size(); at += step) {
    const std::string own(in.substr(at, step));
    text.feed(own, made.text);
  }
  text.finish(made.text);
  for (size_t at = 0; at < made.text.size(); ++at) made.sources.push_back(text.source_of(at));
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const Normal whole = normal(in, std::max<size_t>(in.size(), 1));
  SEKISHO_CHECK(normal(in, step) == whole);
  SEKISHO_CHECK(normal(in, 1) == whole);
  SEKISHO_CHECK(valid_utf8_prefix(whole.text) == whole.text.size());
  SEKISHO_CHECK(whole.text.size() <= 11 * in.size());
  SEKISHO_CHECK(std::is_sorted(whole.sources.begin(), whole.sources.end()));
  SEKISHO_CHECK(whole.sources.empty() || whole.sources.back() <= in.size());
  return 0;
}
