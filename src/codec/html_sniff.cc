#include "codec/html_sniff.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/bytes.h"
#include "codec/charset_witness.h"

namespace sekisho::codec {
namespace {

constexpr std::array<std::string_view, 19> kTags = {
    "<!doctype html", "<html", "<head",  "<script", "<iframe", "<h1",   "<div", "<font",
    "<table",         "<a",    "<style", "<title",  "<b",      "<body", "<br",  "<p",
    "<!--",           "<svg",  "<meta"};
constexpr std::array<std::string_view, 8> kExtensions = {".html",  ".htm", ".xhtml", ".xht",
                                                         ".shtml", ".svg", ".mhtml", ".mht"};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kWhiteSpace = " \t\n\f\r";

bool ends_tag(char c) { return c == '>' || kWhiteSpace.find(c) != std::string_view::npos; }

bool begins_with_tag(std::string_view bytes, std::string_view tag) {
  if (!starts_with_ignore_case(bytes, tag)) return false;
  return tag == "<!--" || (bytes.size() > tag.size() && ends_tag(bytes[tag.size()]));
}

bool is_mark(std::string_view bytes) {
  return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

bool ends_with_ignore_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         equals_ignore_case(text.substr(text.size() - end.size()), end);
}

}  // namespace

bool looks_like_html(std::string_view bytes) {
  bytes = bytes.substr(0, kHtmlSniffBytes);
  std::string ascii;  // of UTF-16
  if (const std::string_view utf16 = utf16_of(bytes); !utf16.empty()) {
    for (size_t at = utf16 == "utf-16le" ? 0 : 1; at < bytes.size(); at += 2) ascii += bytes[at];
    if (is_mark(bytes)) ascii.erase(0, 1);
    bytes = ascii;
  }
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  bytes.remove_prefix(std::min(bytes.find_first_not_of(kWhiteSpace), bytes.size()));
  return std::any_of(kTags.begin(), kTags.end(),
                     [&](std::string_view tag) { return begins_with_tag(bytes, tag); });
}

bool is_html_file_name(std::string_view name) {
  while (!name.empty() && (name.back() == ' ' || name.back() == '.')) name.remove_suffix(1);
  return std::any_of(kExtensions.begin(), kExtensions.end(),
                     [&](std::string_view end) { return ends_with_ignore_case(name, end); });
}

}  // namespace sekisho::codec
