// codec/html_text.h: what HTML mail shows, hides and links to, while it streams.
//
//   HtmlText h;  HtmlOutput o;  h.feed(utf8_html, o);  use and o.clear(); …  h.finish(o);
//
// Tags and comments go, entities become UTF-8, the content of script and style goes; block tags and
// <br> become a line end, a paragraph an empty line. White space is left to the reader of the text.
// Text that nobody sees (display:none, visibility, no size, the colour of its background)
// goes to `hidden`. Not a validating parser: what it can't tell is visible. Of style sheets the
// simple rules that hide are read (style_sheet.h), and what they link to (css_uris.h).
//
// What stands in a conditional comment ("<!--[if mso]>") is HTML to some clients, so it is visible;
// it opens, closes and hides nothing outside. Other comments are `comments`. Raw text (style, title
// and the like) is markup in SVG and MathML, and in <select>, as it is to browsers.
//
// The form with one string gives visible and hidden text together, as the rules' body has it.
//
// Memory: fixed, under 60 KB: the open elements, four values, one link with its text; twice that
// where there are conditional comments.  Time: linear. Output: text and hidden at most twice the
// input, and so are the runs; data never longer than it. Process: inspector worker.  Broken input:
// never fails; a tag that never ends swallows the rest, as in browsers.  Standards: WHATWG HTML
// §13.2.5, RFC 2397 (data:).

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/html_elements.h"
#include "codec/html_links.h"
#include "codec/html_scanner.h"
#include "codec/html_style.h"
#include "codec/style_sheet.h"

namespace sekisho::codec {

// Text that is seen, or hidden, between what is otherwise.
struct HtmlRun {
  bool hides = false;
  std::string text;
};

struct HtmlOutput {
  std::string text;
  std::string hidden;
  std::vector<HtmlRun> runs;  // both, in the order of the page
  std::string title;
  std::string comments;
  std::vector<HtmlLink> links;
  std::vector<HtmlData> data;
  std::string charset;  // of <meta charset>, the last one

  void clear();
};

class HtmlText {
 public:
  static constexpr size_t kValueBytesMax = LinkValue::kBytesMax;
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
    kLinks,
    kDeclarations,  // style
    kColour,
    kBackgroundColour,
    kHidden,
    kContent,  // meta
    kHttpEquiv,
    kCharset,
    kClass,
    kId,
  };

  void take_events();
  void take(const HtmlEvent& event);
  void text(std::string_view bytes);
  void raw_text(std::string_view bytes);
  void comment(std::string_view bytes);
  void comment_end();
  void begin_conditional();
  void feed_conditional(std::string_view bytes);
  void start_tag(uint32_t name);
  void attribute(uint32_t name);
  void uri_attribute(uint32_t name);
  void begin_links(HtmlLinks::Form form, HtmlLink::Kind kind);
  void end_links();
  HtmlLinks::Output links_out();
  void value(std::string_view bytes);
  void attribute_end();
  bool in_foreign_style() const;
  void style_bytes(std::string_view css);
  void end_style();
  void apply_classes();
  void start_tag_end();
  void meta_end();
  void end_tag(uint32_t name);
  void break_line(uint32_t name);
  void add_run(std::string_view bytes);
  void look_at_style();
  void end_anchor();
  std::string& target() { return hides_ ? *hidden_ : *visible_; }

  HtmlScanner scanner_;
  HtmlElements elements_;
  HtmlStyle style_;       // of the tag that is being read
  uint32_t element_ = 0;  // its name
  HtmlElements::Space space_ = HtmlElements::Space::kHtml;
  bool dropped_ = false;  // by <select>, which takes no such elements
  Use use_ = Use::kNothing;
  unsigned seen_ = 0;  // uses in this tag, as bits: the first of two attributes counts
  std::string value_;
  std::string declarations_;          // of the tag's style
  std::string content_, http_equiv_;  // of meta
  HtmlLinks links_;
  std::vector<HtmlLink> refresh_;  // of meta
  StyleSheet sheet_;
  bool in_anchor_ = false;
  HtmlLink anchor_;
  // A comment: nothing came yet, its head is kept, which of the two it is.
  enum class Comment { kHead, kPlain, kConditional } comment_ = Comment::kHead;
  std::string comment_head_;
  std::unique_ptr<HtmlText> conditional_;
  bool is_conditional_ = false;  // it is the one in another's conditional comment
  bool hides_ = false;
  bool parts_words_ = false;   // and what is hidden still takes room
  bool hid_before_ = false;    // some text was hidden
  bool hidden_ended_ = false;  // and visible text came behind it

  // During feed() and finish() only.
  std::string* visible_ = nullptr;
  std::string* hidden_ = nullptr;
  HtmlOutput* out_ = nullptr;  // null in the form with one string
};

}  // namespace sekisho::codec
