// meta_charset, looks_like_html and utf16_of on any first bytes: what is stated is a charset that
// we know, and nothing is read beyond the bytes.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/charset_label.h"
#include "codec/charset_witness.h"
#include "codec/html_sniff.h"
#include "codec/meta_charset.h"

using namespace sekisho::codec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string own(reinterpret_cast<const char*>(bytes), size);
  const std::string label = meta_charset(own);
  SEKISHO_CHECK(label.empty() || find_charset(label).kind != CharsetKind::kUnknown);
  SEKISHO_CHECK(utf16_of(own).empty() || size > 1);
  looks_like_html(own);
  return 0;
}
