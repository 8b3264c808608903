// attachment/pdf_dictionary.h: the values of one PDF dictionary, as bytes.
//
//   PdfDictionary d = parse_pdf_dictionary(text);   // text begins "<<"
//   d.text("O")   // a string's bytes, its escapes resolved
//   d.number("R")
//
// Only what stands in it directly; of arrays the first string counts. At most kPdfKeysMax keys.
//
// Pure.  Source: ISO 32000-1 §7.3.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::attachment {

inline constexpr size_t kPdfKeysMax = 64;

class PdfDictionary {
 public:
  void add(std::string key, std::string value);
  bool has(const std::string& key) const { return values_.count(key) != 0; }
  std::string text(const std::string& key) const;  // "" where it isn't there
  std::optional<int64_t> number(const std::string& key) const;

 private:
  std::map<std::string, std::string> values_;
};

PdfDictionary parse_pdf_dictionary(std::string_view text);

// The name behind a slash, #-escapes resolved; `at` is then behind it.
std::string take_pdf_name(std::string_view text, size_t& at);
// A string "(…)" or "<…>" at `at`, which is then behind it; empty when there is none.
std::string take_pdf_string(std::string_view text, size_t& at);
bool is_pdf_space(char c);

}  // namespace sekisho::attachment
