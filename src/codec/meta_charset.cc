#include "codec/meta_charset.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/charset_label.h"

namespace sekisho::codec {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\f";

bool is_html_space(char c) { return kWhiteSpace.find(c) != std::string_view::npos; }

void skip(std::string_view characters, std::string_view& in) {
  in.remove_prefix(std::min(in.find_first_not_of(characters), in.size()));
}

// All before the first of `characters`, or all.
std::string_view take_until(std::string_view characters, std::string_view& in) {
  const std::string_view taken = in.substr(0, in.find_first_of(characters));
  in.remove_prefix(taken.size());
  return taken;
}

// Up to and with `end`; all where there is none.
void skip_behind(std::string_view end, std::string_view& in) {
  const size_t at = in.find(end);
  in.remove_prefix(at == std::string_view::npos ? in.size() : at + end.size());
}

struct Attribute {
  std::string_view name, value;
};

// False at the end of the tag.
bool take_attribute(std::string_view& in, Attribute& attribute) {
  skip(" \t\r\n\f/", in);
  if (in.empty() || in.front() == '>') return false;
  const std::string_view whole = in;
  in.remove_prefix(1);  // also "=": it begins a name here
  take_until(" \t\r\n\f/>=", in);
  attribute = {whole.substr(0, whole.size() - in.size()), {}};
  skip(kWhiteSpace, in);
  if (!in.starts_with('=')) return true;
  in.remove_prefix(1);
  skip(kWhiteSpace, in);
  if (in.starts_with('"') || in.starts_with('\'')) {
    const std::string_view quote = in.substr(0, 1);
    in.remove_prefix(1);
    attribute.value = take_until(quote, in);
    in.remove_prefix(std::min<size_t>(in.size(), 1));
  } else {
    attribute.value = take_until(" \t\r\n\f>", in);
  }
  return true;
}

// "text/html; charset=x" → "x".
std::string_view charset_of_content(std::string_view content) {
  const std::string lower = to_lower(content);
  constexpr std::string_view kCharset = "charset";
  for (size_t at = 0; (at = lower.find(kCharset, at)) != std::string::npos;) {
    at += kCharset.size();
    std::string_view rest = content.substr(at);
    skip(kWhiteSpace, rest);
    if (!rest.starts_with('=')) continue;
    rest.remove_prefix(1);
    skip(kWhiteSpace, rest);
    if (!rest.starts_with('"') && !rest.starts_with('\'')) return take_until(" \t\r\n\f;", rest);
    const size_t end = rest.find(rest.front(), 1);
    return end == std::string_view::npos ? std::string_view() : rest.substr(1, end - 1);
  }
  return {};
}

std::string_view if_known(std::string_view charset) {
  return find_charset(charset).kind == CharsetKind::kUnknown ? std::string_view() : charset;
}

// Of <meta>, whose name is read.
std::string_view charset_of_meta(std::string_view& in) {
  std::string_view charset, content;
  bool pragma = false;
  for (Attribute attribute; take_attribute(in, attribute);) {
    if (equals_ignore_case(attribute.name, "charset") && charset.empty())
      charset = trim(attribute.value);
    else if (equals_ignore_case(attribute.name, "content") && content.empty())
      content = charset_of_content(attribute.value);
    else if (equals_ignore_case(attribute.name, "http-equiv"))
      pragma |= equals_ignore_case(attribute.value, "content-type");
  }
  if (charset.empty() && pragma) charset = content;
  return if_known(charset);
}

std::string_view charset_of_declaration(std::string_view in) {
  if (!in.starts_with("<?xml")) return {};
  in = in.substr(0, in.find('>'));
  skip_behind("encoding", in);
  skip(kWhiteSpace, in);
  if (!in.starts_with('=')) return {};
  in.remove_prefix(1);
  skip(kWhiteSpace, in);
  if (!in.starts_with('"') && !in.starts_with('\'')) return {};
  return if_known(in.substr(1, in.find(in.front(), 1) - 1));
}

// What begins with "<", and isn't <meta>, is read over.
void skip_tag(std::string_view& in) {
  const char next = in.size() > 1 ? in[1] : '\0';
  if (in.starts_with("<!--")) {
    in.remove_prefix(2);
    return skip_behind("-->", in);
  }
  if (is_alpha(next) || (next == '/' && in.size() > 2 && is_alpha(in[2]))) {
    take_until(" \t\r\n\f>", in);
    for (Attribute attribute; take_attribute(in, attribute);) {
    }
  } else if (next == '!' || next == '/' || next == '?') {
    skip_behind(">", in);
  } else {
    in.remove_prefix(1);
  }
}

std::string_view stated(std::string_view in) {
  constexpr std::string_view kMeta = "<meta";
  std::string_view charset = charset_of_declaration(in);
  while (charset.empty() && !in.empty()) {
    take_until("<", in);
    const bool meta = starts_with_ignore_case(in, kMeta) && in.size() > kMeta.size() &&
                      (is_html_space(in[kMeta.size()]) || in[kMeta.size()] == '/');
    if (!meta) {
      if (!in.empty()) skip_tag(in);
      continue;
    }
    in.remove_prefix(kMeta.size());
    charset = charset_of_meta(in);
  }
  return charset;
}

}  // namespace

std::string meta_charset(std::string_view first_bytes) {
  const std::string_view charset = stated(first_bytes.substr(0, kMetaCharsetBytes));
  if (charset.empty()) return {};
  return std::string_view(find_charset(charset).icu_name).starts_with("UTF-16")
             ? "utf-8"
             : std::string(charset);
}

}  // namespace sekisho::codec
