#include "codec/html_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

constexpr auto kLineElements = html_names(
    "br", "div", "tr", "li", "dt", "dd", "option", "hr", "center", "address", "caption", "thead",
    "tbody", "title", "form", "section", "article", "header", "footer", "nav", "main");
constexpr auto kParagraphElements = html_names("p", "h1", "h2", "h3", "h4", "h5", "h6", "table",
                                               "ul", "ol", "dl", "blockquote", "pre", "body");
constexpr auto kWordElements =
    html_names("td", "th", "img", "input", "select", "button", "textarea");
constexpr auto kFrameElements = html_names("iframe", "frame", "object", "embed");
constexpr auto kInlineElements =
    html_names("span", "a", "b", "i", "u", "s", "em", "strong", "small", "big", "font", "tt", "sub",
               "sup", "strike", "del", "ins", "label", "code", "abbr", "q", "cite", "bdo", "mark");
constexpr auto kUriAttributes =
    html_names("href", "src", "srcset", "action", "formaction", "background", "data", "poster",
               "lowsrc", "dynsrc", "xlink:href", "codebase", "imagesrcset");
constexpr auto kSourceSets = html_names("srcset", "imagesrcset");
constexpr auto kFormAttributes = html_names("action", "formaction");
constexpr auto kHrefAttributes = html_names("href", "xlink:href");
constexpr auto kNotInSelect =
    html_names("style", "title", "xmp", "noembed", "noframes", "iframe", "plaintext");
constexpr auto kUnseenInSvg = html_names("style", "script", "title", "desc", "metadata");
constexpr uint32_t kA = html_name("a"), kBase = html_name("base"), kBody = html_name("body"),
                   kMeta = html_name("meta"), kSheet = html_name("link"),
                   kSelect = html_name("select"), kStyle = html_name("style"),
                   kTitle = html_name("title");

constexpr std::string_view kCondition = "[if";
constexpr size_t kConditionBytesMax = 256;  // a longer one is a comment like any other

void append_up_to(std::string_view bytes, size_t size_max, std::string& to) {
  to.append(bytes.substr(0, size_max - std::min(size_max, to.size())));
}

}  // namespace

void HtmlOutput::clear() {
  text.clear();
  hidden.clear();
  runs.clear();
  title.clear();
  comments.clear();
  links.clear();
  data.clear();
  charset.clear();
}

void HtmlText::reset() {
  scanner_.reset();
  elements_.reset();
  elements_.set_root({});
  style_ = {};
  use_ = Use::kNothing;
  links_.reset();
  refresh_.clear();
  sheet_.reset();
  in_anchor_ = false;
  comment_ = Comment::kHead;
  comment_head_.clear();
  hides_ = parts_words_ = hid_before_ = hidden_ended_ = false;
}

void HtmlText::feed(std::string_view html, HtmlOutput& out) {
  visible_ = &out.text;
  hidden_ = &out.hidden;
  out_ = &out;
  scanner_.feed(html);
  take_events();
}

void HtmlText::feed(std::string_view html, std::string& text_out) {
  visible_ = hidden_ = &text_out;
  out_ = nullptr;
  scanner_.feed(html);
  take_events();
}

void HtmlText::finish(HtmlOutput& out) {
  visible_ = &out.text;
  hidden_ = &out.hidden;
  out_ = &out;
  scanner_.finish();
  take_events();
  comment_end();
  end_anchor();
  links_.end(links_out());
  reset();
}

void HtmlText::finish(std::string& text_out) {
  visible_ = hidden_ = &text_out;
  out_ = nullptr;
  scanner_.finish();
  take_events();
  comment_end();
  reset();
}

void HtmlText::take_events() {
  while (const auto event = scanner_.next()) take(*event);
}

void HtmlText::take(const HtmlEvent& event) {
  using Kind = HtmlEvent::Kind;
  switch (event.kind) {
    case Kind::kText:
      return text(event.bytes);
    case Kind::kRawText:
      return raw_text(event.bytes);
    case Kind::kStartTag:
      return start_tag(html_name(event.bytes));
    case Kind::kAttribute:
      return attribute(html_name(event.bytes));
    case Kind::kValue:
      return value(event.bytes);
    case Kind::kAttributeEnd:
      return attribute_end();
    case Kind::kStartTagEnd:
      return start_tag_end();
    case Kind::kEndTag:
      return end_tag(html_name(event.bytes));
    case Kind::kComment:
      return comment(event.bytes);
    case Kind::kCommentEnd:
      return comment_end();
  }
}

void HtmlText::text(std::string_view bytes) {
  if (in_foreign_style()) return style_bytes(bytes);
  // Hidden words that stood in different places are no one word.
  if (!hides_) {
    hidden_ended_ = hid_before_;
  } else if (out_ != nullptr) {
    if (hidden_ended_) *hidden_ += ' ';
    hidden_ended_ = false;
    hid_before_ = true;
  }
  target().append(bytes);
  add_run(bytes);
  if (parts_words_) {
    for (const char c : bytes)
      if (is_space(c)) *visible_ += c;
  }
  if (in_anchor_) append_up_to(bytes, kAnchorBytesMax, anchor_.anchor);
}

void HtmlText::raw_text(std::string_view bytes) {
  const std::string_view element = scanner_.raw_element();
  if (element == "style") return style_bytes(bytes);
  if (element == "script") return;
  if (element == "title" && out_ != nullptr) {
    out_->title.append(bytes);
    return;
  }
  if (element == "xmp" || element == "textarea") return text(bytes);
  hidden_->append(bytes);
}

void HtmlText::comment(std::string_view bytes) {
  if (comment_ == Comment::kConditional) return feed_conditional(bytes);
  if (comment_ == Comment::kHead) {
    comment_head_ += bytes;
    const std::string_view begin = kCondition.substr(0, comment_head_.size());
    const size_t end = comment_head_.find('>');
    if (is_conditional_ || !starts_with_ignore_case(comment_head_, begin) ||
        std::min(end, comment_head_.size()) > kConditionBytesMax)
      comment_ = Comment::kPlain;
    else if (end == std::string::npos)
      return;
    else
      return begin_conditional();
    bytes = comment_head_;
  }
  if (out_ != nullptr) out_->comments.append(bytes);
  comment_head_.clear();
}

// Also where the page ends in one, or in none.
void HtmlText::comment_end() {
  if (comment_ == Comment::kConditional) {
    if (out_ != nullptr)
      conditional_->finish(*out_);
    else
      conditional_->finish(*visible_);
  } else if (out_ != nullptr) {
    out_->comments.append(comment_head_);
    if (comment_ == Comment::kPlain || !comment_head_.empty()) out_->comments += '\n';
  }
  comment_ = Comment::kHead;
  comment_head_.clear();
}

void HtmlText::begin_conditional() {
  if (conditional_ == nullptr) conditional_ = std::make_unique<HtmlText>();
  conditional_->reset();
  conditional_->is_conditional_ = true;
  conditional_->elements_.set_root(elements_.style());
  conditional_->look_at_style();
  comment_ = Comment::kConditional;
  feed_conditional(std::string_view(comment_head_).substr(comment_head_.find('>') + 1));
  comment_head_.clear();
}

void HtmlText::feed_conditional(std::string_view bytes) {
  if (out_ != nullptr)
    conditional_->feed(bytes, *out_);
  else
    conditional_->feed(bytes, *visible_);
}

void HtmlText::start_tag(uint32_t name) {
  element_ = name;
  space_ = elements_.enter(name);
  dropped_ = is_one_of(name, kNotInSelect) && space_ == HtmlElements::Space::kHtml &&
             elements_.contains(kSelect);
  scanner_.set_foreign(space_ != HtmlElements::Space::kHtml || dropped_);
  style_ = elements_.style().inherited();
  sheet_.apply(name, style_);
  // Settings of Office, which it doesn't show.
  if (is_conditional_ && name == html_name("xml")) style_.flags |= HtmlStyle::kNone;
  declarations_.clear();
  content_.clear();
  http_equiv_.clear();
  refresh_.clear();
  seen_ = 0;
  // A link in a link ends it.
  if (name == kA) end_anchor();
}

void HtmlText::attribute(uint32_t name) {
  value_.clear();
  use_ = Use::kNothing;
  if (name == html_name("style"))
    use_ = Use::kDeclarations;
  else if (name == html_name("class"))
    use_ = Use::kClass;
  else if (name == html_name("id"))
    use_ = Use::kId;
  else if (name == html_name("hidden"))
    use_ = Use::kHidden;
  else if (name == html_name("bgcolor"))
    use_ = Use::kBackgroundColour;
  else if (name == html_name("color") || (name == html_name("text") && element_ == kBody))
    use_ = Use::kColour;
  else if (element_ == kMeta && name == html_name("content"))
    use_ = Use::kContent;
  else if (element_ == kMeta && name == html_name("http-equiv"))
    use_ = Use::kHttpEquiv;
  else if (element_ == kMeta && name == html_name("charset"))
    use_ = Use::kCharset;
  else
    return uri_attribute(name);
  const unsigned bit = 1u << static_cast<unsigned>(use_);
  if ((seen_ & bit) != 0) use_ = Use::kNothing;
  seen_ |= bit;
  if (use_ == Use::kDeclarations) begin_links(HtmlLinks::Form::kStyle, HtmlLink::Kind::kImage);
  if (use_ == Use::kContent) begin_links(HtmlLinks::Form::kRefresh, HtmlLink::Kind::kRefresh);
}

void HtmlText::uri_attribute(uint32_t name) {
  using Kind = HtmlLink::Kind;
  using Form = HtmlLinks::Form;
  if (name == html_name("srcdoc")) return begin_links(Form::kPage, Kind::kFrame);
  if (!is_one_of(name, kUriAttributes)) return;
  if (name == html_name("background")) style_.background_known = false;
  const Form form = is_one_of(name, kSourceSets) ? Form::kSrcset : Form::kUri;
  if (is_one_of(name, kFormAttributes)) return begin_links(form, Kind::kForm);
  if (!is_one_of(name, kHrefAttributes))
    return begin_links(form, is_one_of(element_, kFrameElements) ? Kind::kFrame : Kind::kImage);
  begin_links(form, element_ == kBase    ? Kind::kBase
                    : element_ == kSheet ? Kind::kSheet
                                         : Kind::kAnchor);
}

// Nobody wants the links in the form with one string.
void HtmlText::begin_links(HtmlLinks::Form form, HtmlLink::Kind kind) {
  if (use_ == Use::kNothing) use_ = Use::kLinks;
  if (out_ != nullptr) links_.begin(form, kind, links_out());
}

HtmlLinks::Output HtmlText::links_out() {
  return {use_ == Use::kContent ? refresh_ : out_->links, out_->data};
}

void HtmlText::value(std::string_view bytes) {
  if (use_ == Use::kNothing) return;
  const bool has_links = use_ == Use::kLinks || use_ == Use::kDeclarations || use_ == Use::kContent;
  if (has_links && out_ != nullptr) links_.feed(bytes, links_out());
  if (use_ != Use::kLinks) append_up_to(bytes, kValueBytesMax, value_);
}

bool HtmlText::in_foreign_style() const {
  return elements_.innermost() == kStyle && elements_.in_foreign();
}

// A sheet's rules are read, and what it links to.
void HtmlText::style_bytes(std::string_view css) {
  using Form = HtmlLinks::Form;
  sheet_.feed(css);
  if (out_ == nullptr) return;
  if (links_.form() != Form::kStyle)
    links_.begin(Form::kStyle, HtmlLink::Kind::kImage, links_out());
  links_.feed(css, links_out());
}

void HtmlText::end_style() {
  sheet_.end();
  if (out_ != nullptr) links_.end(links_out());
}

void HtmlText::apply_classes() {
  std::string_view rest = value_;
  while (!(rest = trim(rest)).empty()) {
    const std::string_view name = rest.substr(0, rest.find_first_of(" \t\r\n\f"));
    sheet_.apply_class(element_, name, style_);
    rest.remove_prefix(std::max<size_t>(name.size(), 1));
  }
}

void HtmlText::attribute_end() {
  switch (use_) {
    case Use::kLinks:
      end_links();
      break;
    case Use::kDeclarations:
      end_links();
      declarations_.swap(value_);
      break;
    case Use::kClass:
      if (!sheet_.empty()) apply_classes();
      break;
    case Use::kId:
      sheet_.apply_id(trim(value_), style_);
      break;
    case Use::kColour:
      if (const auto colour = parse_colour(value_)) style_.colour = *colour;
      break;
    case Use::kBackgroundColour:
      apply_declarations("background:" + value_, style_);
      break;
    case Use::kHidden:
      if (!equals_ignore_case(trim(value_), "until-found")) style_.flags |= HtmlStyle::kNone;
      break;
    case Use::kContent:
      end_links();
      content_ = value_;
      break;
    case Use::kHttpEquiv:
      http_equiv_ = trim(value_);
      break;
    case Use::kCharset:
      if (out_ != nullptr) out_->charset = value_;
      break;
    case Use::kNothing:
      break;
  }
  use_ = Use::kNothing;
}

// The first one of an <a> waits for its text.
void HtmlText::end_links() {
  if (out_ == nullptr) return;
  const size_t before = out_->links.size();
  links_.end(links_out());
  if (out_->links.size() == before || element_ != kA || in_anchor_) return;
  if (out_->links.back().kind != HtmlLink::Kind::kAnchor) return;
  in_anchor_ = true;
  anchor_ = std::move(out_->links.back());
  out_->links.pop_back();
}

void HtmlText::start_tag_end() {
  if (element_ == kMeta) meta_end();
  apply_declarations(declarations_, style_);
  if (is_one_of(element_, kInlineElements)) style_.settle_inline();
  const bool foreign = space_ != HtmlElements::Space::kHtml;
  style_.gone |= element_ == kTitle || (foreign && is_one_of(element_, kUnseenInSvg));
  if (!dropped_ && !(foreign && scanner_.self_closing())) elements_.open(element_, style_, space_);
  scanner_.set_foreign(elements_.in_foreign());
  if (element_ == kBody) elements_.set_root(style_);
  look_at_style();
  break_line(element_);
}

void HtmlText::meta_end() {
  if (equals_ignore_case(http_equiv_, "refresh")) {
    if (out_ != nullptr)
      std::move(refresh_.begin(), refresh_.end(), std::back_inserter(out_->links));
  } else if (equals_ignore_case(http_equiv_, "content-type") && out_ != nullptr) {
    const std::string lower = to_lower(content_);
    const size_t at = lower.find("charset=");
    if (at != std::string::npos) out_->charset = trim(std::string_view(lower).substr(at + 8));
  }
}

void HtmlText::end_tag(uint32_t name) {
  break_line(name);
  if (name == kA) end_anchor();
  if (name == kStyle) end_style();
  elements_.close(name);
  scanner_.set_foreign(elements_.in_foreign());
  look_at_style();
}

void HtmlText::break_line(uint32_t name) {
  const std::string_view made = is_one_of(name, kLineElements)        ? "\n"
                                : is_one_of(name, kParagraphElements) ? "\n\n"
                                : is_one_of(name, kWordElements)      ? " "
                                                                      : "";
  target() += made;
  add_run(made);
  if (parts_words_) *visible_ += made;
}

// Text in the colour of its background takes its room, so its white space parts what is seen.
void HtmlText::look_at_style() {
  HtmlStyle style = elements_.style();
  style.background_known &= !sheet_.sets_background();
  hides_ = style.hides_text();
  parts_words_ = hides_ && out_ != nullptr && !style.takes_no_room();
}

void HtmlText::add_run(std::string_view bytes) {
  if (out_ == nullptr || bytes.empty()) return;
  if (out_->runs.empty() || out_->runs.back().hides != hides_) out_->runs.push_back({hides_, {}});
  out_->runs.back().text.append(bytes);
}

void HtmlText::end_anchor() {
  if (!in_anchor_) return;
  in_anchor_ = false;
  if (out_ != nullptr && !anchor_.uri.empty()) out_->links.push_back(std::move(anchor_));
  anchor_ = {};
}

}  // namespace sekisho::codec
