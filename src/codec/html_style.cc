#include "codec/html_style.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

constexpr unsigned kSameColourDistance = 12;  // per channel: no eye tells them apart
constexpr double kTinyPixels = 1.0, kTinyEms = 0.1, kTinyPercent = 10;
constexpr double kFarAway = -500;  // pixels out of the window
constexpr double kOpacityMin = 0.05;

struct NamedColour {
  std::string_view name;
  uint32_t colour;
};

constexpr std::array kNamedColours{
    NamedColour{"white", 0xFFFFFF},       NamedColour{"black", 0x000000},
    NamedColour{"red", 0xFF0000},         NamedColour{"green", 0x008000},
    NamedColour{"blue", 0x0000FF},        NamedColour{"yellow", 0xFFFF00},
    NamedColour{"gray", 0x808080},        NamedColour{"grey", 0x808080},
    NamedColour{"silver", 0xC0C0C0},      NamedColour{"navy", 0x000080},
    NamedColour{"maroon", 0x800000},      NamedColour{"purple", 0x800080},
    NamedColour{"fuchsia", 0xFF00FF},     NamedColour{"magenta", 0xFF00FF},
    NamedColour{"lime", 0x00FF00},        NamedColour{"olive", 0x808000},
    NamedColour{"teal", 0x008080},        NamedColour{"aqua", 0x00FFFF},
    NamedColour{"cyan", 0x00FFFF},        NamedColour{"orange", 0xFFA500},
    NamedColour{"snow", 0xFFFAFA},        NamedColour{"ivory", 0xFFFFF0},
    NamedColour{"whitesmoke", 0xF5F5F5},  NamedColour{"ghostwhite", 0xF8F8FF},
    NamedColour{"floralwhite", 0xFFFAF0}, NamedColour{"transparent", kTransparent}};

constexpr std::array<std::string_view, 5> kNoBackground{"none", "transparent", "initial", "inherit",
                                                        "unset"};
constexpr std::array<std::string_view, 5> kInlineDisplays{"none", "inline", "contents", "initial",
                                                          "unset"};
constexpr std::array<std::string_view, 12> kBlockDisplays{
    "block",        "inline-block", "flex",       "inline-flex", "grid",      "inline-grid",
    "inline-table", "table",        "table-cell", "table-row",   "list-item", "flow-root"};

template <size_t kSize>
bool is_one_of(std::string_view value, const std::array<std::string_view, kSize>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::optional<uint32_t> parse_hex_colour(std::string_view digits) {
  uint32_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  if (digits.size() == 8) return (value & 0xFF) == 0 ? kTransparent : value >> 8;
  if (digits.size() == 6) return value;
  if (digits.size() == 4) value >>= 4;
  if (digits.size() != 3 && digits.size() != 4) return std::nullopt;
  return (value >> 8 & 0xF) * 0x110000 + (value >> 4 & 0xF) * 0x1100 + (value & 0xF) * 0x11;
}

// The number that begins `value`; what follows it is left there.
std::optional<double> take_number(std::string_view& value) {
  double number = 0;
  if (value.starts_with('+')) value.remove_prefix(1);
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  if (parsed.ec != std::errc()) return std::nullopt;
  value.remove_prefix(static_cast<size_t>(parsed.ptr - value.data()));
  return number;
}

std::optional<uint32_t> parse_rgb(std::string_view arguments) {
  uint32_t colour = 0;
  for (int channel = 0; channel < 4; ++channel) {
    const size_t skipped = std::min(arguments.find_first_not_of(" ,/\t("), arguments.size());
    arguments.remove_prefix(skipped);
    const auto number = take_number(arguments);
    if (channel == 3) return number && *number <= kOpacityMin ? kTransparent : colour;
    if (!number) return std::nullopt;
    double value = *number;
    if (arguments.starts_with('%')) {
      value *= 2.55;
      arguments.remove_prefix(1);
    }
    colour = colour << 8 | static_cast<uint32_t>(std::clamp(value, 0.0, 255.0));
  }
  return colour;
}

bool near(uint32_t a, uint32_t b) {
  for (int shift = 0; shift <= 16; shift += 8) {
    const int distance = static_cast<int>(a >> shift & 0xFF) - static_cast<int>(b >> shift & 0xFF);
    if (static_cast<unsigned>(std::abs(distance)) > kSameColourDistance) return false;
  }
  return true;
}

// A length of (nearly) nothing.
bool is_tiny(std::string_view value) {
  const auto number = take_number(value);
  if (!number) return false;
  if (*number == 0) return true;
  if (value.starts_with("em") || value.starts_with("rem")) return *number <= kTinyEms;
  if (value.starts_with('%')) return *number <= kTinyPercent;
  return *number <= kTinyPixels;
}

bool is_zero(std::string_view value) {
  const auto number = take_number(value);
  return number && *number == 0;
}

bool is_far_away(std::string_view value) {
  const auto number = take_number(value);
  return number && *number <= kFarAway;
}

// The first word, where what is in parentheses parts none; it is taken off.
std::string_view take_word(std::string_view& value) {
  value = trim(value);
  int depth = 0;
  size_t end = 0;
  for (; end < value.size() && (depth > 0 || !is_space(value[end])); ++end)
    depth += value[end] == '(' ? 1 : value[end] == ')' ? -1 : 0;
  const std::string_view word = value.substr(0, end);
  value.remove_prefix(end);
  return word;
}

void apply_background(std::string_view value, HtmlStyle& style) {
  if (value.empty() || is_one_of(value, kNoBackground)) return;
  style.background_known = false;
  if (value.find("url(") != std::string_view::npos ||
      value.find("gradient") != std::string_view::npos)
    return;
  while (!value.empty()) {
    const auto colour = parse_colour(take_word(value));
    if (!colour || *colour == kTransparent) continue;
    style.background = *colour;
    style.background_known = true;
    return;
  }
}

// What only together makes an element vanish.
struct Box {
  bool no_height = false;
  bool cut = false;
  bool far_away = false;
  bool positioned = false;
};

void set_flag(uint8_t flag, bool on, HtmlStyle& style) {
  style.flags = static_cast<uint8_t>(on ? style.flags | flag : style.flags & ~flag);
}

void apply_display(std::string_view value, HtmlStyle& style) {
  if (!is_one_of(value, kInlineDisplays) && !is_one_of(value, kBlockDisplays)) return;
  set_flag(HtmlStyle::kNone, value == "none", style);
  set_flag(HtmlStyle::kBlock, is_one_of(value, kBlockDisplays), style);
}

void apply_box(std::string_view property, std::string_view value, HtmlStyle& style, Box& box) {
  if (property == "max-height" || property == "max-width" || property == "height" ||
      property == "width") {
    box.no_height |= is_zero(value);
  } else if (property == "overflow") {
    box.cut = value == "hidden" || value == "clip";
  } else if (property == "text-indent") {
    set_flag(HtmlStyle::kIndented, is_far_away(value), style);
  } else if (property == "left" || property == "top") {
    box.far_away |= is_far_away(value);
  } else if (property == "position") {
    box.positioned = value == "absolute" || value == "fixed" || value == "relative";
  } else if (property == "margin-left") {
    set_flag(HtmlStyle::kAway, is_far_away(value), style);
  }
}

// Not mso-hide: but for one client, such text is seen.
void apply(std::string_view property, std::string_view value, HtmlStyle& style, Box& box) {
  if (property == "display") {
    apply_display(value, style);
  } else if (property == "visibility") {
    const bool invisible = value == "hidden" || value == "collapse";
    if (invisible || value == "visible") set_flag(HtmlStyle::kInvisible, invisible, style);
  } else if (property == "opacity") {
    if (const auto opacity = take_number(value))
      set_flag(HtmlStyle::kSeeThrough, *opacity <= kOpacityMin, style);
  } else if (property == "font-size") {
    set_flag(HtmlStyle::kTiny, is_tiny(value), style);
  } else if (property == "font") {
    const size_t digit = value.find_first_of("0123456789.");
    if (digit != std::string_view::npos)
      set_flag(HtmlStyle::kTiny, is_tiny(value.substr(digit)), style);
  } else if (property == "color") {
    if (const auto colour = parse_colour(value)) style.colour = *colour;
  } else if (property == "background-color" || property == "background" ||
             property == "background-image") {
    apply_background(value, style);
  } else {
    apply_box(property, value, style, box);
  }
}

void apply_all(std::string_view css, bool important, HtmlStyle& style, Box& box) {
  while (!css.empty()) {
    const std::string_view one = css.substr(0, css.find(';'));
    css.remove_prefix(std::min(css.size(), one.size() + 1));
    const size_t colon = one.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view value = one.substr(colon + 1);
    const size_t bang = std::min(value.find('!'), value.size());
    if ((bang < value.size()) == important)
      apply(trim(one.substr(0, colon)), trim(value.substr(0, bang)), style, box);
  }
}

}  // namespace

bool HtmlStyle::hides_text() const {
  if (takes_no_room() || (flags & kInvisible) != 0 || colour == kTransparent) return true;
  return background_known && near(colour, background);
}

HtmlStyle HtmlStyle::inherited() const {
  HtmlStyle child = *this;
  child.gone = gone || (flags & kHiding) != 0;
  child.flags = static_cast<uint8_t>(flags & ~kOwn);
  return child;
}

void HtmlStyle::settle_inline() {
  if ((flags & kBlock) == 0) flags = static_cast<uint8_t>(flags & ~(kEmpty | kIndented));
}

std::optional<uint32_t> parse_colour(std::string_view value) {
  value = trim(value);
  if (value.starts_with('#')) return parse_hex_colour(value.substr(1));
  if (starts_with_ignore_case(value, "rgb")) return parse_rgb(value.substr(value.find('(') + 1));
  const auto found =
      std::find_if(kNamedColours.begin(), kNamedColours.end(),
                   [&](const NamedColour& named) { return equals_ignore_case(named.name, value); });
  if (found != kNamedColours.end()) return found->colour;
  return value.size() == 6 ? parse_hex_colour(value) : std::nullopt;  // <font color=ffffff>
}

std::string cleaned_css(std::string_view css) {
  std::string out;
  out.reserve(css.size());
  for (size_t at = 0; at < css.size(); ++at) {
    if (css.substr(at).starts_with("/*")) {
      at = std::min(css.find("*/", at + 2), css.size() - 1) + 1;
      out += ' ';  // it parts words
    } else if (css[at] == '\\' && at + 1 < css.size()) {
      unsigned value = 0;
      const char* digits = css.data() + at + 1;
      const char* end = css.data() + std::min(css.size(), at + 7);
      const auto parsed = std::from_chars(digits, end, value, 16);
      at = static_cast<size_t>(parsed.ptr - css.data()) - 1;
      if (at + 1 < css.size() && is_space(css[at + 1]) && parsed.ptr != digits) ++at;
      if (value > 0 && value < 0x80) out += ascii_lower(static_cast<char>(value));
    } else {
      out += ascii_lower(css[at]);
    }
  }
  return out;
}

void apply_declarations(std::string_view declarations, HtmlStyle& style) {
  const std::string css = cleaned_css(declarations);
  Box box;
  apply_all(css, false, style, box);
  apply_all(css, true, style, box);
  if (box.no_height && box.cut) style.flags |= HtmlStyle::kEmpty;
  if (box.far_away && box.positioned) style.flags |= HtmlStyle::kAway;
}

}  // namespace sekisho::codec
