// read_header_text: valid UTF-8 of bounded length without line ends; what has no mark of an
// encoded word and is ASCII stays as it is.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/encoded_word.h"
#include "codec/utf8.h"

using namespace sekisho::codec;

namespace {

void check_text(std::string_view text, size_t input_bytes) {
  SEKISHO_CHECK(valid_utf8_prefix(text) == text.size());
  SEKISHO_CHECK(text.size() <= 3 * input_bytes);
  SEKISHO_CHECK(text.find_first_of("\r\n") == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(bytes), size);
  const HeaderText read = read_header_text(in);
  check_text(read.text, size);
  check_text(read.other, size);
  SEKISHO_CHECK(decode_encoded_words(in) == read.text);
  const bool plain = std::all_of(in.begin(), in.end(), [](char c) { return c >= ' '; });
  if (plain && in.find("=?") == std::string_view::npos) SEKISHO_CHECK(read.text == in);
  return 0;
}
