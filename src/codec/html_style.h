// codec/html_style.h: whether an element's text can be seen, from its style and attributes.
//
// Reads inline declarations only; style sheets and the boxes around are not computed. An image in
// the background makes its colour unknown, and text on it is taken as visible.
//
// Memory: fixed.  Broken input: what isn't understood changes nothing.  Standards: CSS 2.2, CSS
// Color 4 (hex, rgb(), the named colours that mail uses).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::codec {

struct HtmlStyle {
  bool gone = false;       // display:none and the like: no child comes back
  bool invisible = false;  // visibility: a child may be visible again
  bool tiny = false;       // font-size:0: a child may have another size
  uint32_t colour = 0x000000;
  uint32_t background = 0xFFFFFF;
  bool background_known = true;

  // As a child inherits it.
  bool hides_text() const;
};

// "#FFF", "white", "rgb(255, 255, 255)"; kTransparent where it shows what is behind.
constexpr uint32_t kTransparent = 0x1000000;
std::optional<uint32_t> parse_colour(std::string_view value);

// CSS in lower case, without comments and escapes.
std::string cleaned_css(std::string_view css);

// The declarations of a style attribute, applied to the inherited style.
void apply_declarations(std::string_view declarations, HtmlStyle& style);

}  // namespace sekisho::codec
