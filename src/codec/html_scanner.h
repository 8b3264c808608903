// codec/html_scanner.h: HTML cut into text, tags, attributes and comments, while it streams.
//
//   HtmlScanner s;  s.feed(utf8_html);  while (auto e = s.next()) use(*e);  …  s.finish(), next() …
//
// Text, values and comments come in pieces, as long as the input allows, with their references
// decoded. No tree and no repairs: what browsers do about nesting is left to the reader, who tells
// by set_foreign() where no element has raw text.
//
// Memory: under 300 bytes, no heap but one short decoded reference.  Time: linear; runs of text,
// values and comments are skipped sixteen bytes at a time.  Process: inspector worker.
// Broken input: never fails; a tag that never ends swallows the rest, as in browsers.
// Lifetime: views in an event are valid until the next feed() or next().
// Standards: WHATWG HTML §13.2.5 (the states; their names are kept).

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "codec/html_entities.h"

namespace sekisho::codec {

struct HtmlEvent {
  enum class Kind {
    kText,
    kRawText,       // inside script, style, iframe and the like: raw_element() says which
    kStartTag,      // its name
    kAttribute,     // its name
    kValue,         // a piece of the attribute's value
    kAttributeEnd,  // also of an attribute without a value
    kStartTagEnd,
    kEndTag,   // its name; attributes of end tags are read over
    kComment,  // not of "<!doctype", "<?xml" and the like
    kCommentEnd,
  };
  Kind kind;
  std::string_view bytes;
};

class HtmlScanner {
 public:
  static constexpr size_t kNameBytesMax = 32;  // longer names are cut

  void reset() { *this = HtmlScanner(); }
  void feed(std::string_view html) { in_ = html; }
  std::optional<HtmlEvent> next();
  // No more input: next() gives what was held back.
  void finish();

  // In SVG and MathML content is markup whatever element it is in, and there are CDATA sections. Of
  // an element it counts what was said before its kStartTagEnd.
  void set_foreign(bool foreign) { foreign_ = foreign; }
  // Of the tag whose kStartTagEnd was given.
  bool self_closing() const { return self_closing_; }

  // The element whose content kRawText is.
  std::string_view raw_element() const { return raw_name_.view(); }

 private:
  enum class State {
    kData,
    kReference,
    kTagOpen,
    kEndTagOpen,
    kTagName,
    kBeforeAttributeName,
    kAttributeName,
    kAfterAttributeName,
    kBeforeValue,
    kValue,
    kValueReference,
    kMarkupDeclaration,
    kComment,
    kBogusComment,
    kCdata,
    kRawText,
    kRawTextLessThan,
  };
  enum class Raw { kNone, kText, kWithReferences, kToTheEnd };

  // A name in lower case.
  struct Name {
    std::array<char, kNameBytesMax> bytes{};
    size_t size = 0;
    void add(std::string_view more);
    void clear() { size = 0; }
    std::string_view view() const { return {bytes.data(), size}; }
  };

  // Each step takes at least a byte or changes the state; true: event_ is to be given out.
  bool step();
  bool on_data();
  bool on_reference();
  bool on_tag_open();
  bool on_end_tag_open();
  bool on_tag_name();
  bool on_before_attribute_name();
  bool on_attribute_name();
  bool on_after_attribute_name();
  bool on_before_value();
  bool on_value();
  bool on_markup_declaration();
  bool on_comment();
  bool on_bogus_comment();
  bool on_cdata();
  bool on_raw_text();
  bool on_raw_text_less_than();
  bool end_tag_name();
  bool end_tag();
  bool end_attribute();
  bool end_reference(char next);
  void begin_raw_text();
  bool give(HtmlEvent::Kind kind, std::string_view bytes);
  bool run(HtmlEvent::Kind kind, size_t length);
  bool held(HtmlEvent::Kind kind);
  char take();

  HtmlEvent event_{};
  std::string_view in_;
  State state_ = State::kData;
  Raw raw_ = Raw::kNone;
  bool foreign_ = false;
  bool self_closing_ = false;
  bool closing_ = false;
  char quote_ = 0;       // of the value; 0: none
  unsigned dashes_ = 0;  // in a comment: up to now, before ">"
  bool bang_ = false;    // behind them
  size_t cdata_ = 0;     // bytes of "[CDATA[" so far; then, of "]]"
  bool comment_begins_ = false;
  Name name_, raw_name_;
  EntityReader entity_;
  std::string held_;  // a decoded reference, or what turned out to be text
};

}  // namespace sekisho::codec
