// codec/style_sheet.h: which elements a style sheet hides, while it streams.
//
//   StyleSheet s;  s.feed(css); …  s.apply(StyleSheet::tag("p"), style);
//
// Simple selectors only: `tag`, `.class`, `#id`, `tag.class`, and lists of them; of two rules the
// later one counts. What hides under a condition (@media) is not read: it is what newsletters do
// for small screens.
//
// Memory: kRulesMax rules of 8 bytes, one rule's text.  Broken input: what isn't understood hides
// nothing; a rule longer than kRuleBytesMax is cut, rules beyond kRulesMax are not read.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "codec/html_elements.h"

namespace sekisho::codec {

class StyleSheet {
 public:
  static constexpr size_t kRulesMax = 256;
  static constexpr size_t kRuleBytesMax = 1024;

  void reset();
  void feed(std::string_view css);
  // One sheet is over; blocks that it leaves open end with it.
  void end();
  bool empty() const { return rules_ == 0; }

  // Some element has a background that is not white: which one is not computed.
  bool sets_background() const { return sets_background_; }

  // Of an element called `tag`, with one word of its class or its id; each may be empty.
  void apply(uint32_t tag, HtmlStyle& style) const;
  void apply_class(uint32_t tag, std::string_view name, HtmlStyle& style) const;
  void apply_id(std::string_view id, HtmlStyle& style) const;

 private:
  struct Rule {
    uint32_t selector = 0;
    // What it makes of no HtmlStyle flag, and of all: each bit set, taken back or left.
    uint8_t of_none = 0, of_all = 0xFF;
  };

  // What stands around a byte: words, comments and strings.
  enum class State { kWords, kSlash, kComment, kStar, kString };

  void byte(char c);
  void word_byte(char c);
  void keep(char c);
  void open_block();
  void close_block();
  void add_selectors(uint8_t of_none, uint8_t of_all);
  void apply_rule(uint32_t selector, HtmlStyle& style) const;

  std::array<Rule, kRulesMax> rule_{};
  size_t rules_ = 0;
  bool sets_background_ = false;
  std::string prelude_, block_;
  State state_ = State::kWords;
  char quote_ = 0;            // that ends the string
  bool escaped_ = false;      // a "\\" stands before
  unsigned depth_ = 0;        // of braces
  unsigned conditional_ = 0;  // the depth of the @ block that is open; 0: none
};

}  // namespace sekisho::codec
