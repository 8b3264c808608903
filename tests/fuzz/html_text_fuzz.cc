// HtmlText: any cut gives the same text, links and data; nothing grows beyond what the header says;
// the form with one string gives no more than visible and hidden text together.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/html_text.h"

using namespace sekisho::codec;

namespace {

struct Shown {
  HtmlOutput all;
  std::string links;
  std::string data;
  std::string body;
  bool operator==(const Shown& o) const {
    return all.text == o.all.text && all.hidden == o.all.hidden && all.comments == o.all.comments &&
           all.charset == o.all.charset && all.title == o.all.title && links == o.links &&
           data == o.data && body == o.body;
  }
};

void gather(Shown& shown) {
  for (const HtmlLink& link : shown.all.links) {
    SEKISHO_CHECK(link.uri.size() <= HtmlText::kValueBytesMax);
    SEKISHO_CHECK(link.anchor.size() <= HtmlText::kAnchorBytesMax);
    shown.links +=
        std::to_string(static_cast<int>(link.kind)) + link.uri + "\n" + link.anchor + "\n";
  }
  for (const HtmlData& piece : shown.all.data) shown.data += piece.bytes;
  shown.all.links.clear();
  shown.all.data.clear();
}

Shown show(std::string_view in, size_t step) {
  static HtmlText html, body;
  html.reset();
  body.reset();
  Shown shown;
  for (size_t at = 0; at < in.size(); at += step) {
    const std::string own(in.substr(at, step));
    html.feed(own, shown.all);
    body.feed(own, shown.body);
    gather(shown);
  }
  html.finish(shown.all);
  body.finish(shown.body);
  gather(shown);
  return shown;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const size_t step = bytes[0] % 64u + 1;
  const std::string_view in(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const Shown whole = show(in, std::max<size_t>(in.size(), 1));
  SEKISHO_CHECK(show(in, step) == whole);
  SEKISHO_CHECK(show(in, 1) == whole);
  SEKISHO_CHECK(whole.all.text.size() + whole.all.hidden.size() <= 2 * in.size());
  SEKISHO_CHECK(whole.all.comments.size() <= in.size());
  SEKISHO_CHECK(whole.data.size() <= 2 * in.size());
  SEKISHO_CHECK(whole.body.size() <=
                whole.all.text.size() + whole.all.hidden.size() + whole.all.title.size());
  return 0;
}
