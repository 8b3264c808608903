// RtfText: any cut gives the same text and links; nothing grows beyond what the header says.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/rtf_text.h"
#include "codec/utf8.h"

using namespace sekisho::codec;

namespace {

std::string show(std::string_view in, size_t step) {
  static RtfText rtf;
  rtf.reset();
  RtfOutput out;
  for (size_t at = 0; at < in.size(); at += step) {
    const std::string own(in.substr(at, step));
    rtf.feed(own, out);
  }
  rtf.finish(out);
  std::string all = out.text + out.hidden + out.tags;
  for (const std::string& link : out.links) {
    SEKISHO_CHECK(link.size() <= RtfText::kFieldBytesMax);
    all += link;
  }
  SEKISHO_CHECK(all.size() <= 3 * in.size());
  SEKISHO_CHECK(valid_utf8_prefix(out.text) == out.text.size());
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::string whole = show(in, std::max<size_t>(in.size(), 1));
  SEKISHO_CHECK(show(in, step) == whole);
  SEKISHO_CHECK(show(in, 1) == whole);
  return 0;
}
