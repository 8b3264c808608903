#include "codec/html_elements.h"

#include <algorithm>
#include <cstddef>

namespace sekisho::codec {
namespace {

constexpr auto kVoid =
    html_names("br", "img", "hr", "input", "meta", "link", "area", "base", "col", "embed", "param",
               "source", "track", "wbr", "keygen", "basefont", "bgsound", "frame", "image");
constexpr auto kEndsParagraph = html_names(
    "p", "div", "table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "form", "hr",
    "blockquote", "center", "address", "section", "article", "header", "footer", "nav", "main",
    "fieldset", "figure", "aside", "li", "dt", "dd", "details", "menu", "dir");
// An end tag or an implied end never reaches out of these.
constexpr auto kScopes = html_names("table", "td", "th", "caption", "html", "object", "marquee",
                                    "applet", "template", "button", "select", "foreignobject",
                                    "desc", "mi", "mo", "mn", "ms", "mtext", "annotation-xml");
// HTML that ends SVG and MathML. Not font, which does so with some attributes only.
constexpr auto kBreaksOut =
    html_names("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt",
               "em", "embed", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li",
               "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span",
               "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var");
constexpr auto kHtmlInSvg = html_names("foreignobject", "desc", "title");
constexpr auto kHtmlInMath = html_names("mi", "mo", "mn", "ms", "mtext");
constexpr uint32_t kSvg = html_name("svg"), kMath = html_name("math"),
                   kAnnotation = html_name("annotation-xml"), kSelect = html_name("select"),
                   kBreak = html_name("br");
constexpr auto kTableParts =
    html_names("table", "td", "th", "tr", "caption", "tbody", "thead", "tfoot", "html", "body");
constexpr uint32_t kParagraph = html_name("p"), kItem = html_name("li"), kTerm = html_name("dt"),
                   kDescription = html_name("dd"), kCell = html_name("td"),
                   kHeadCell = html_name("th"), kRow = html_name("tr"), kTable = html_name("table"),
                   kOption = html_name("option"), kList = html_name("ul"),
                   kNumberedList = html_name("ol"), kBody = html_name("tbody"),
                   kHead = html_name("thead"), kFoot = html_name("tfoot");

}  // namespace

// Closes the innermost element for which `closes`, unless one for which `stops` stands before it.
template <typename Closes, typename Stops>
void HtmlElements::close_inner(Closes closes, Stops stops) {
  for (size_t at = depth_; at > 0; --at) {
    const uint32_t name = stack_[at - 1].name;
    if (closes(name)) {
      depth_ = at - 1;
      return;
    }
    if (stops(name)) return;
  }
}

bool HtmlElements::in_foreign() const {
  if (deep_foreign_) return true;
  if (depth_ == 0) return false;
  const Space space = stack_[depth_ - 1].space;
  return space == Space::kSvg || space == Space::kMath;
}

bool HtmlElements::contains(uint32_t name) const {
  return std::any_of(stack_.begin(), stack_.begin() + static_cast<std::ptrdiff_t>(depth_),
                     [=](const Element& element) { return element.name == name; });
}

void HtmlElements::leave_foreign() {
  if (deeper_ > 0) return;
  while (in_foreign()) --depth_;
}

HtmlElements::Space HtmlElements::enter(uint32_t name) {
  if (in_foreign() && is_one_of(name, kBreaksOut)) leave_foreign();
  const bool annotates = innermost() == kAnnotation && (name == kSvg || name == kMath);
  if (deep_foreign_) return Space::kSvg;
  if (in_foreign() && !annotates) {
    const Space space = stack_[depth_ - 1].space;
    const bool around_html =
        space == Space::kSvg ? is_one_of(name, kHtmlInSvg) : is_one_of(name, kHtmlInMath);
    return around_html ? Space::kAroundHtml : space;
  }
  if (name == kSvg) return Space::kSvg;
  if (name == kMath) return Space::kMath;
  imply_ends(name);
  return Space::kHtml;
}

void HtmlElements::imply_ends(uint32_t name) {
  if (deeper_ > 0) return;
  const auto scope = [](uint32_t other) { return is_one_of(other, kScopes); };
  if (is_one_of(name, kEndsParagraph))
    close_inner([](uint32_t other) { return other == kParagraph; },
                [&](uint32_t other) { return scope(other) || is_one_of(other, kEndsParagraph); });
  if (name == kItem)
    close_inner(
        [](uint32_t other) { return other == kItem; },
        [&](uint32_t other) { return scope(other) || other == kList || other == kNumberedList; });
  if (name == kTerm || name == kDescription)
    close_inner([](uint32_t other) { return other == kTerm || other == kDescription; }, scope);
  if (name == kOption) close_inner([](uint32_t other) { return other == kOption; }, scope);
  const auto table = [](uint32_t other) { return other == kTable; };
  const bool section = name == kBody || name == kHead || name == kFoot;
  if (name == kCell || name == kHeadCell)
    close_inner([](uint32_t other) { return other == kCell || other == kHeadCell; },
                [](uint32_t other) { return other == kTable || other == kRow; });
  if (name == kRow || section) close_inner([](uint32_t other) { return other == kRow; }, table);
  if (section)
    close_inner([](uint32_t other) { return other == kBody || other == kHead || other == kFoot; },
                table);
}

void HtmlElements::open(uint32_t name, const HtmlStyle& style, Space space) {
  if (space == Space::kHtml && is_one_of(name, kVoid)) return;
  if (depth_ == kDepthMax) {
    ++deeper_;
    deep_foreign_ |= space != Space::kHtml || name == kSelect;
    return;
  }
  stack_[depth_++] = {name, style, space};
}

void HtmlElements::close(uint32_t name) {
  if (in_foreign() && (name == kParagraph || name == kBreak)) leave_foreign();
  if (!in_foreign() && is_one_of(name, kVoid)) return;
  if (deeper_ > 0) {
    deep_foreign_ &= --deeper_ > 0;
    return;
  }
  const bool table_part = is_one_of(name, kTableParts);
  close_inner(
      [=](uint32_t other) { return other == name; },
      [=](uint32_t other) { return table_part ? other == kTable : is_one_of(other, kScopes); });
}

}  // namespace sekisho::codec
