#include "codec/html_elements.h"

#include <algorithm>

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
                                    "applet", "template", "button");
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

void HtmlElements::open(uint32_t name, const HtmlStyle& style) {
  if (is_one_of(name, kVoid)) return;
  if (depth_ == kDepthMax) {
    ++deeper_;
    return;
  }
  stack_[depth_++] = {name, style};
}

void HtmlElements::close(uint32_t name) {
  if (is_one_of(name, kVoid)) return;
  if (deeper_ > 0) {
    --deeper_;
    return;
  }
  const bool table_part = is_one_of(name, kTableParts);
  close_inner(
      [=](uint32_t other) { return other == name; },
      [=](uint32_t other) { return table_part ? other == kTable : is_one_of(other, kScopes); });
}

}  // namespace sekisho::codec
