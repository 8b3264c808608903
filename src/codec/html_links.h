// codec/html_links.h: what the attributes and style sheets of HTML link to, while they stream.
//
//   HtmlLinks l;  l.begin(form, kind, data);  l.feed(value, links, data); …  l.end(links, data);
//
// A value is one link, several (srcset, refresh, a style), or a page in itself (srcdoc), which is
// given out as the data of a data: URI is.
//
// Memory: one link of LinkValue::kBytesMax.  Output: data never longer than the input.
// Broken input: never fails.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/css_uris.h"
#include "codec/link_value.h"
#include "codec/value_uris.h"

namespace sekisho::codec {

struct HtmlLink {
  enum class Kind {
    kAnchor,   // a, area: `anchor` is its text
    kImage,    // and backgrounds, videos, url() in styles
    kForm,     // where a form is sent
    kBase,     // what relative ones are relative to
    kRefresh,  // meta refresh
    kFrame,    // iframe, object, embed
    kSheet,    // link, @import
  };
  Kind kind = Kind::kAnchor;
  std::string uri;  // without white space around and line ends inside
  std::string anchor;
  bool cut = false;  // uri was longer than kValueBytesMax
};

class HtmlLinks {
 public:
  enum class Form { kUri, kSrcset, kRefresh, kStyle, kPage };
  struct Output {
    std::vector<HtmlLink>& links;
    std::vector<HtmlData>& data;
  };

  void reset();
  void begin(Form form, HtmlLink::Kind kind, Output out);
  void feed(std::string_view value, Output out);
  void end(Output out);
  Form form() const { return form_; }

 private:
  template <typename Uris>
  void take(Uris& uris, Output out);
  void end_link(Output out);

  Form form_ = Form::kUri;
  HtmlLink::Kind kind_ = HtmlLink::Kind::kAnchor;
  ValueUris value_uris_;
  CssUris css_uris_;
  LinkValue link_;
};

}  // namespace sekisho::codec
