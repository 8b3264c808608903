#include "codec/style_sheet.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

// Selectors are compared by a hash: what is before "." or "#" is a tag's html_name().
uint32_t selector_of(uint32_t tag, char mark, std::string_view name) {
  uint32_t value = (tag ^ static_cast<unsigned char>(mark)) * 16777619u;
  for (const char c : name)
    value = (value ^ static_cast<unsigned char>(ascii_lower(c))) * 16777619u;
  return value;
}

bool is_simple(std::string_view selector) {
  return !selector.empty() && std::all_of(selector.begin(), selector.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '#' || c < 0;
  });
}

void append_up_to(char c, size_t size_max, std::string& to) {
  if (to.size() < size_max) to += c;
}

}  // namespace

void StyleSheet::reset() {
  rules_ = 0;
  sets_background_ = false;
  prelude_.clear();
  block_.clear();
  depth_ = conditional_ = 0;
  state_ = State::kWords;
  escaped_ = false;
}

void StyleSheet::feed(std::string_view css) {
  for (const char c : css) byte(c);
}

void StyleSheet::end() {
  while (depth_ > 0) close_block();
  prelude_.clear();
  block_.clear();
  conditional_ = 0;
  state_ = State::kWords;
  escaped_ = false;
}

// A comment parts words as a blank does; what stands in a string opens and closes nothing.
void StyleSheet::byte(char c) {
  if (state_ == State::kSlash) {
    state_ = c == '*' ? State::kComment : State::kWords;
    if (state_ == State::kComment) return keep(' ');
    keep('/');
  }
  if (state_ == State::kComment || state_ == State::kStar) {
    const bool ends = state_ == State::kStar && c == '/';
    state_ = ends ? State::kWords : c == '*' ? State::kStar : State::kComment;
  } else if (escaped_) {
    escaped_ = false;
    keep(c);
  } else if (c == '\\') {
    escaped_ = true;
    keep(c);
  } else if (state_ == State::kString) {
    if (c == quote_ || c == '\n') state_ = State::kWords;
    keep(c);
  } else {
    word_byte(c);
  }
}

void StyleSheet::word_byte(char c) {
  if (c == '/') {
    state_ = State::kSlash;
  } else if (c == '{') {
    open_block();
  } else if (c == '}') {
    close_block();
  } else if (depth_ == 0 && c == ';') {
    prelude_.clear();  // @import and the like
  } else {
    if (c == '"' || c == '\'') state_ = State::kString;
    quote_ = c;
    keep(c);
  }
}

void StyleSheet::keep(char c) { append_up_to(c, kRuleBytesMax, depth_ > 0 ? block_ : prelude_); }

void StyleSheet::open_block() {
  ++depth_;
  block_.clear();
  if (conditional_ == 0 && prelude_.find('@') != std::string::npos) conditional_ = depth_;
}

void StyleSheet::close_block() {
  if (depth_ == 0) return;
  HtmlStyle none, all;
  all.flags = 0xFF;
  apply_declarations(block_, none);
  apply_declarations(block_, all);
  sets_background_ |= !none.background_known || none.background != HtmlStyle().background;
  // What takes back is of use behind what hides.
  const bool hides = (none.flags & ~HtmlStyle::kBlock) != 0;
  if (conditional_ == 0 && (hides || (!empty() && all.flags != 0xFF)))
    add_selectors(none.flags, all.flags);
  block_.clear();
  if (conditional_ == depth_) conditional_ = 0;
  if (--depth_ == 0) prelude_.clear();
}

void StyleSheet::add_selectors(uint8_t of_none, uint8_t of_all) {
  const std::string list = cleaned_css(prelude_);
  std::string_view rest = list;
  while (!rest.empty() && rules_ < kRulesMax) {
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    if (const size_t comment = one.rfind("-->"); comment != std::string_view::npos)
      one.remove_prefix(comment + 3);
    if (one.find("<!--") != std::string_view::npos) one.remove_prefix(one.find("<!--") + 4);
    one = trim(one);
    if (!is_simple(one)) continue;
    const size_t mark = std::min(one.find_first_of(".#"), one.size());
    const std::string_view name = one.substr(std::min(mark + 1, one.size()));
    if (name.find_first_of(".#") != std::string_view::npos) continue;
    const uint32_t tag = mark == 0 ? 0 : html_name(one.substr(0, mark));
    const uint32_t selector =
        mark == one.size() ? selector_of(tag, ' ', {}) : selector_of(tag, one[mark], name);
    rule_[rules_++] = {selector, of_none, of_all};
  }
}

void StyleSheet::apply(uint32_t tag, HtmlStyle& style) const {
  if (!empty()) apply_rule(selector_of(tag, ' ', {}), style);
}

void StyleSheet::apply_class(uint32_t tag, std::string_view name, HtmlStyle& style) const {
  if (empty()) return;
  apply_rule(selector_of(0, '.', name), style);
  apply_rule(selector_of(tag, '.', name), style);
}

void StyleSheet::apply_id(std::string_view id, HtmlStyle& style) const {
  if (!empty()) apply_rule(selector_of(0, '#', id), style);
}

void StyleSheet::apply_rule(uint32_t selector, HtmlStyle& style) const {
  for (size_t i = 0; i < rules_; ++i) {
    if (rule_[i].selector != selector) continue;
    style.flags = static_cast<uint8_t>((style.flags & rule_[i].of_all) | rule_[i].of_none);
  }
}

}  // namespace sekisho::codec
