// codec/html_text.h: what HTML mail shows, hides and links to, while it streams.
//
//   HtmlText h;  HtmlOutput o;  h.feed(utf8_html, o);  use and o.clear(); …  h.finish(o);
//
// Tags and comments go, entities become UTF-8, the content of script and style goes; block tags and
// <br> become a line end, a paragraph an empty line. White space is left to the reader of the text.
// Text that nobody sees (display:none, visibility, no size, the colour of its background, <title>)
// goes to `hidden`. Not a validating parser: what it can't tell is visible. Style sheets are not
// read: a class that hides is not known.
//
// The form with one string gives visible and hidden text together, as the rules' body has it.
//
// Memory: fixed, under 50 KB: the open elements, four values, one link with its text.  Time:
// linear. Output: text and hidden at most twice the input, data never longer than it. Process:
// inspector worker.  Broken input: never fails; a tag that never ends swallows the rest, as in
// browsers.  Standards: WHATWG HTML §13.2.5, RFC 2397 (data:).

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/html_elements.h"
#include "codec/html_scanner.h"
#include "codec/html_style.h"
#include "codec/uri_payload.h"

namespace sekisho::codec {

struct HtmlLink {
  enum class Kind {
    kAnchor,   // a, area: `anchor` is its text
    kImage,    // and backgrounds, videos
    kForm,     // where a form is sent
    kBase,     // what relative ones are relative to
    kRefresh,  // meta refresh
    kFrame,    // iframe, object, embed
    kSheet,    // link
  };
  Kind kind = Kind::kAnchor;
  std::string uri;  // without white space around and line ends inside
  std::string anchor;
  bool cut = false;  // uri was longer than kValueBytesMax
};

// A data: URI, or a piece of one.
struct HtmlData {
  std::string type;  // where it begins; empty for what goes on
  std::string bytes;
  bool ends = false;
};

struct HtmlOutput {
  std::string text;
  std::string hidden;
  std::string comments;
  std::vector<HtmlLink> links;
  std::vector<HtmlData> data;
  std::string charset;  // of <meta charset>, the last one

  void clear();
};

class HtmlText {
 public:
  static constexpr size_t kValueBytesMax = 8192;
  static constexpr size_t kAnchorBytesMax = 512;

  void reset();
  void feed(std::string_view utf8_html, HtmlOutput& out);
  void finish(HtmlOutput& out);
  void feed(std::string_view utf8_html, std::string& text_out);
  void finish(std::string& text_out);

 private:
  // What an attribute is to us.
  enum class Use {
    kNothing,
    kUri,
    kDeclarations,  // style
    kColour,
    kBackgroundColour,
    kHidden,
    kContent,  // meta
    kHttpEquiv,
    kCharset,
  };

  void take_events();
  void take(const HtmlEvent& event);
  void text(std::string_view bytes);
  void raw_text(std::string_view bytes);
  void start_tag(uint32_t name);
  void attribute(uint32_t name);
  void uri_attribute(uint32_t name);
  void value(std::string_view bytes);
  void attribute_end();
  void uri_end();
  void start_tag_end();
  void meta_end();
  void end_tag(uint32_t name);
  void break_line(uint32_t name);
  void end_anchor();
  void add_link(HtmlLink::Kind kind, std::string_view uri, bool cut);
  HtmlData& open_data();
  std::string& target() { return hides_ ? *hidden_ : *visible_; }

  HtmlScanner scanner_;
  HtmlElements elements_;
  HtmlStyle style_;       // of the tag that is being read
  uint32_t element_ = 0;  // its name
  Use use_ = Use::kNothing;
  unsigned seen_ = 0;  // uses in this tag, as bits: the first of two attributes counts
  HtmlLink::Kind kind_ = HtmlLink::Kind::kAnchor;
  std::string value_;
  bool value_cut_ = false;
  std::string content_, http_equiv_;  // of meta
  UriPayload payload_;
  bool payload_open_ = false;  // a data: URI that goes on
  bool in_anchor_ = false;
  HtmlLink anchor_;
  bool hides_ = false;

  // During feed() and finish() only.
  std::string* visible_ = nullptr;
  std::string* hidden_ = nullptr;
  HtmlOutput* out_ = nullptr;  // null in the form with one string
};

}  // namespace sekisho::codec
