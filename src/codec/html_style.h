// codec/html_style.h: whether an element's text can be seen, from its style and attributes.
//
// The boxes around are not computed. An image in the background makes its colour unknown, and so
// does what isn't understood; text on it is taken as visible.
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
  // Bits of `flags`. What an element's own style says a later declaration may take back; no child
  // comes back from what hides its parent.
  enum : uint8_t {
    kInvisible = 1 << 0,   // visibility: inherited, a child may be visible again
    kTiny = 1 << 1,        // font-size:0: the same
    kNone = 1 << 2,        // display:none
    kSeeThrough = 1 << 3,  // opacity:0
    kAway = 1 << 4,        // outside of the window
    kEmpty = 1 << 5,       // no height, and cut; of a block
    kIndented = 1 << 6,    // text-indent out of the window; of a block
    kBlock = 1 << 7,       // display: says that it is one
  };
  static constexpr uint8_t kOwn = 0xFF & ~(kInvisible | kTiny);
  static constexpr uint8_t kHiding = kNone | kSeeThrough | kAway | kEmpty | kIndented;

  uint8_t flags = 0;
  bool gone = false;  // a parent hides it
  uint32_t colour = 0x000000;
  uint32_t background = 0xFFFFFF;
  bool background_known = true;

  bool hides_text() const;
  // No colour: it takes no room, or is not where it stands in the text.
  bool takes_no_room() const { return gone || (flags & (kHiding | kTiny)) != 0; }
  // As a child inherits it.
  HtmlStyle inherited() const;
  // Of an element that is inline unless its style says otherwise.
  void settle_inline();
};

// "#FFF", "white", "rgb(255, 255, 255)"; kTransparent where it shows what is behind.
constexpr uint32_t kTransparent = 0x1000000;
std::optional<uint32_t> parse_colour(std::string_view value);

// CSS in lower case, without comments and escapes.
std::string cleaned_css(std::string_view css);

// The declarations of a style attribute, applied to what the style is without them; important ones
// win.
void apply_declarations(std::string_view declarations, HtmlStyle& style);

}  // namespace sekisho::codec
