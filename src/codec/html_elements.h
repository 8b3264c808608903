// codec/html_elements.h: the open elements of an HTML text, and how each is styled.
//
// Kept as browsers do where it decides what is seen: void elements, paragraphs and cells that end
// without an end tag, end tags that match nothing. Deeper than kDepthMax, elements are counted and
// have the style of the last one kept. SVG and MathML are told apart from HTML, since the same
// bytes are other elements there.
//
// Memory: kDepthMax entries of 24 bytes.  Standards: WHATWG HTML §13.1.2 (void elements), §13.2.4.2
// (the stack of open elements), §13.2.6.4.7 (implied end tags), §13.2.6.5 (foreign content).

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/html_style.h"

namespace sekisho::codec {

// Names are compared by their hash (FNV-1a): a collision costs a wrong line break, nothing more.
constexpr uint32_t html_name(std::string_view name) {
  uint32_t value = 2166136261u;
  for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  return value;
}

template <typename... Names>
constexpr std::array<uint32_t, sizeof...(Names)> html_names(Names... names) {
  return {html_name(names)...};
}

template <size_t kSize>
constexpr bool is_one_of(uint32_t name, const std::array<uint32_t, kSize>& names) {
  bool found = false;
  for (const uint32_t other : names) found |= other == name;
  return found;
}

class HtmlElements {
 public:
  static constexpr size_t kDepthMax = 256;

  // Of which language an element is, and which its content.
  enum class Space : uint8_t {
    kHtml,
    kSvg,
    kMath,
    kAroundHtml,  // <foreignObject> and the like: foreign, with HTML inside
  };

  void reset() {
    depth_ = deeper_ = 0;
    deep_foreign_ = false;
  }
  // Ends what `name` ends without saying so, and tells what it is where it stands. To be called
  // before style() is inherited by it.
  Space enter(uint32_t name);
  void open(uint32_t name, const HtmlStyle& style, Space space);
  void close(uint32_t name);
  // What comes is SVG or MathML.
  bool in_foreign() const;
  bool contains(uint32_t name) const;
  // 0: none
  uint32_t innermost() const { return depth_ == 0 ? 0 : stack_[depth_ - 1].name; }
  // Of the innermost element.
  const HtmlStyle& style() const { return depth_ == 0 ? root_ : stack_[depth_ - 1].style; }
  // <body bgcolor>: also for what comes outside.
  void set_root(const HtmlStyle& style) { root_ = style; }

 private:
  struct Element {
    uint32_t name = 0;
    HtmlStyle style;
    Space space = Space::kHtml;
  };
  void imply_ends(uint32_t name);
  void leave_foreign();
  template <typename Closes, typename Stops>
  void close_inner(Closes closes, Stops stops);

  size_t depth_ = 0;
  size_t deeper_ = 0;
  bool deep_foreign_ = false;  // something foreign, or <select>, opened too deep to be kept
  HtmlStyle root_;
  std::array<Element, kDepthMax> stack_;
};

}  // namespace sekisho::codec
