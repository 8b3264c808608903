// mail_pieces.h: what messages in these tests are made of.

#pragma once

#include <string>
#include <string_view>

#include "base/file.h"

namespace sekisho::inspect {

inline std::string fixture(const std::string& name) {
  return read_file(SOURCE_DIR "/tests/unit/attachment/fixtures/" + name).value();
}

inline std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k)
      out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    if (i % 57 == 54) out += "\r\n";
  }
  return out + "\r\n";
}

inline const std::string kHtmlTop =
    "From: a@example.com\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";

inline std::string data_uri(const std::string& type, const std::string& bytes) {
  std::string encoded = base64(bytes);
  std::erase_if(encoded, [](char c) { return c == '\r' || c == '\n'; });
  return "data:" + type + ";base64," + encoded;
}

}  // namespace sekisho::inspect
