// codec/html_text.h: the text that a reader of HTML mail sees, while it streams.
//
//   HtmlText h;  h.feed(utf8_html, text); …  h.finish(text);      // appends to `text`
//
// Tags and comments go, entities become UTF-8, the content of script and style goes;
// block tags and <br> become a line end, a paragraph an empty line. White space is left to the
// reader of the text. Not a validating parser: it errs on the side of giving text out.
//
// Memory: fixed, under 200 bytes.  Time: linear.  Process: inspector worker.  Broken input: never
// fails; a tag that never ends swallows the rest, as in browsers. Standards: WHATWG HTML §13.2.5
// (states), §13.5 (entities, the common ones).

#pragma once

#include <string>
#include <string_view>

namespace sekisho::codec {

class HtmlText {
 public:
  void reset();
  void feed(std::string_view utf8_html, std::string& text_out);
  void finish(std::string& text_out);

 private:
  enum class State {
    kText,
    kEntity,   // after "&"
    kTagOpen,  // after "<"
    kTagName,
    kInTag,
    kQuoted,  // in an attribute's value
    kMarkup,  // after "<!", until it is known what
    kComment,
    kRawText,     // in script or style
    kRawTextTag,  // after "<" there
  };

  void step(char c, std::string& out);
  void on_text(char c, std::string& out);
  void on_entity(char c, std::string& out);
  void on_tag_open(char c, std::string& out);
  void on_tag_name(char c, std::string& out);
  void on_in_tag(char c, std::string& out);
  void on_markup(char c);
  void on_comment(char c);
  void on_raw_text_tag(char c);
  void end_tag(std::string& out);
  void end_entity(std::string& out);

  static constexpr size_t kNameBytesMax = 32;

  State state_ = State::kText;
  char quote_ = 0;
  bool closing_ = false;
  unsigned dashes_ = 0;
  std::string name_;      // of the tag or the entity, lower-case for tags
  std::string raw_name_;  // "script" or "style": what ends the raw text
};

}  // namespace sekisho::codec
