#include "codec/html_sniff.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

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

bool ends_with_ignore_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         equals_ignore_case(text.substr(text.size() - end.size()), end);
}

}  // namespace

bool looks_like_html(std::string_view bytes) {
  bytes = bytes.substr(0, kHtmlSniffBytes);
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
