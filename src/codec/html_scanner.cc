#include "codec/html_scanner.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/byte_scan.h"

namespace sekisho::codec {
namespace {

using Kind = HtmlEvent::Kind;

constexpr unsigned kDashesKept = 64;
constexpr std::string_view kCdataBegin = "[CDATA[";

bool is_html_space(char c) { return is_space(c) || c == '\f'; }

template <bool kAttribute>
size_t name_length(std::string_view in) {
  size_t at = 0;
  while (at < in.size() && !is_html_space(in[at]) && in[at] != '/' && in[at] != '>' &&
         !(kAttribute && in[at] == '='))
    ++at;
  return at;
}

template <char... kBytes>
size_t find_any(std::string_view in) {
  return find_block_byte(in, [](const Block& block) { return (block.is(kBytes) | ...); });
}

// Not noscript: mail clients run no scripts, so its content is seen.
constexpr std::array<std::string_view, 6> kRawElements{"script", "style",   "xmp",
                                                       "iframe", "noembed", "noframes"};

}  // namespace

void HtmlScanner::Name::add(std::string_view more) {
  for (const char c : more.substr(0, bytes.size() - size)) bytes[size++] = ascii_lower(c);
}

std::optional<HtmlEvent> HtmlScanner::next() {
  while (!in_.empty())
    if (step()) return event_;
  return std::nullopt;
}

bool HtmlScanner::step() {
  switch (state_) {
    case State::kData:
      return on_data();
    case State::kReference:
    case State::kValueReference:
      return on_reference();
    case State::kTagOpen:
      return on_tag_open();
    case State::kEndTagOpen:
      return on_end_tag_open();
    case State::kTagName:
      return on_tag_name();
    case State::kBeforeAttributeName:
      return on_before_attribute_name();
    case State::kAttributeName:
      return on_attribute_name();
    case State::kAfterAttributeName:
      return on_after_attribute_name();
    case State::kBeforeValue:
      return on_before_value();
    case State::kValue:
      return on_value();
    case State::kMarkupDeclaration:
      return on_markup_declaration();
    case State::kComment:
      return on_comment();
    case State::kBogusComment:
      return on_bogus_comment();
    case State::kCdata:
      return on_cdata();
    case State::kRawText:
      return on_raw_text();
    case State::kRawTextLessThan:
      return on_raw_text_less_than();
  }
  return false;
}

void HtmlScanner::finish() {
  // Short text that was held back is fed again, so that next() gives it.
  static constexpr std::string_view kLessThan = "<", kLessThanSlash = "</";
  held_.clear();
  if (state_ == State::kReference) entity_.end(0, held_);
  if (state_ == State::kTagOpen) held_ = kLessThan;
  if (state_ == State::kEndTagOpen) held_ = kLessThanSlash;
  const bool give = !held_.empty();
  state_ = State::kData;
  in_ = {};
  if (!give) return;
  // As bogus as it looks: text that is given out as it stands ("<" would open a tag again).
  raw_ = Raw::kToTheEnd;
  raw_name_.clear();
  state_ = State::kRawText;
  in_ = held_;
}

char HtmlScanner::take() {
  const char c = in_.front();
  in_.remove_prefix(1);
  return c;
}

bool HtmlScanner::give(Kind kind, std::string_view bytes) {
  event_.kind = kind;
  event_.bytes = bytes;
  return true;
}

bool HtmlScanner::run(Kind kind, size_t length) {
  give(kind, in_.substr(0, length));
  in_.remove_prefix(length);
  return length > 0;
}

bool HtmlScanner::held(Kind kind) { return !held_.empty() && give(kind, held_); }

bool HtmlScanner::on_data() {
  if (const size_t plain = find_any<'<', '&'>(in_); plain > 0) return run(Kind::kText, plain);
  if (take() == '<') {
    state_ = State::kTagOpen;
  } else {
    state_ = State::kReference;
    entity_.reset(EntityReader::Place::kText);
  }
  return false;
}

bool HtmlScanner::on_reference() {
  if (entity_.feed(in_.front())) {
    in_.remove_prefix(1);
    if (!entity_.ended()) return false;
    return end_reference(0);
  }
  return end_reference(in_.front());
}

bool HtmlScanner::end_reference(char next) {
  held_.clear();
  entity_.end(next, held_);
  if (state_ == State::kValueReference) {
    state_ = State::kValue;
    return !closing_ && held(Kind::kValue);
  }
  const bool raw = raw_ != Raw::kNone;
  state_ = raw ? State::kRawText : State::kData;
  return held(raw ? Kind::kRawText : Kind::kText);
}

bool HtmlScanner::on_tag_open() {
  const char c = in_.front();
  name_.clear();
  closing_ = false;
  if (is_alpha(c)) {
    state_ = State::kTagName;
    return false;
  }
  if (c == '/' || c == '!' || c == '?') {
    in_.remove_prefix(1);
    state_ = c == '/'   ? State::kEndTagOpen
             : c == '!' ? State::kMarkupDeclaration
                        : State::kBogusComment;
    dashes_ = 0;
    cdata_ = 0;
    return false;
  }
  // "<" before anything else is text (WHATWG HTML §13.2.5.6).
  state_ = State::kData;
  held_ = "<";
  return held(Kind::kText);
}

bool HtmlScanner::on_end_tag_open() {
  const char c = in_.front();
  closing_ = true;
  if (is_alpha(c)) {
    state_ = State::kTagName;
  } else if (c == '>') {
    in_.remove_prefix(1);
    state_ = State::kData;
  } else {
    state_ = State::kBogusComment;
  }
  return false;
}

bool HtmlScanner::on_tag_name() {
  const size_t length = name_length<false>(in_);
  name_.add(in_.substr(0, length));
  in_.remove_prefix(length);
  return !in_.empty() && end_tag_name();
}

bool HtmlScanner::end_tag_name() {
  state_ = State::kBeforeAttributeName;
  self_closing_ = false;
  if (closing_) return false;
  raw_name_ = name_;
  return give(Kind::kStartTag, name_.view());
}

bool HtmlScanner::end_tag() {
  state_ = State::kData;
  if (closing_) {
    raw_ = Raw::kNone;
    return give(Kind::kEndTag, raw_name_.view());
  }
  begin_raw_text();
  return give(Kind::kStartTagEnd, raw_name_.view());
}

void HtmlScanner::begin_raw_text() {
  const std::string_view name = raw_name_.view();
  raw_ = Raw::kNone;
  if (foreign_) return;
  if (std::find(kRawElements.begin(), kRawElements.end(), name) != kRawElements.end())
    raw_ = Raw::kText;
  else if (name == "title" || name == "textarea")
    raw_ = Raw::kWithReferences;
  else if (name == "plaintext")
    raw_ = Raw::kToTheEnd;
  if (raw_ != Raw::kNone) state_ = State::kRawText;
}

bool HtmlScanner::on_before_attribute_name() {
  const char c = in_.front();
  if (is_html_space(c) || c == '/') {
    in_.remove_prefix(1);
    self_closing_ = c == '/';
    return false;
  }
  if (c == '>') {
    in_.remove_prefix(1);
    if (closing_) raw_name_ = name_;
    return end_tag();
  }
  state_ = State::kAttributeName;
  self_closing_ = false;
  if (closing_) return false;
  name_.clear();
  name_.add(in_.substr(0, 1));  // also "=": it doesn't begin a value here
  in_.remove_prefix(1);
  return false;
}

bool HtmlScanner::on_attribute_name() {
  const size_t length = name_length<true>(in_);
  if (!closing_) name_.add(in_.substr(0, length));
  in_.remove_prefix(length);
  if (in_.empty()) return false;
  state_ = State::kAfterAttributeName;
  if (closing_) return false;
  return give(Kind::kAttribute, name_.view());
}

bool HtmlScanner::on_after_attribute_name() {
  const char c = in_.front();
  if (is_html_space(c)) {
    in_.remove_prefix(1);
    return false;
  }
  if (c == '=') {
    in_.remove_prefix(1);
    state_ = State::kBeforeValue;
    return false;
  }
  return end_attribute();
}

bool HtmlScanner::end_attribute() {
  state_ = State::kBeforeAttributeName;
  if (closing_) return false;
  return give(Kind::kAttributeEnd, {});
}

bool HtmlScanner::on_before_value() {
  const char c = in_.front();
  if (is_html_space(c)) {
    in_.remove_prefix(1);
    return false;
  }
  if (c == '>') return end_attribute();
  quote_ = c == '"' || c == '\'' ? take() : '\0';
  state_ = State::kValue;
  return false;
}

bool HtmlScanner::on_value() {
  const size_t plain = quote_ == '"'    ? find_any<'"', '&'>(in_)
                       : quote_ == '\'' ? find_any<'\'', '&'>(in_)
                                        : find_any<' ', '\t', '\r', '\n', '\f', '>', '&'>(in_);
  if (plain > 0) {
    const bool piece = run(Kind::kValue, plain);
    return piece && !closing_;
  }
  if (in_.front() == '&') {
    in_.remove_prefix(1);
    state_ = State::kValueReference;
    entity_.reset(EntityReader::Place::kAttribute);
    return false;
  }
  if (quote_ != 0) in_.remove_prefix(1);
  return end_attribute();
}

bool HtmlScanner::on_markup_declaration() {
  if (foreign_ && dashes_ == 0 && in_.front() == kCdataBegin[cdata_]) {
    in_.remove_prefix(1);
    if (++cdata_ < kCdataBegin.size()) return false;
    state_ = State::kCdata;
    cdata_ = 0;
  } else if (cdata_ == 0 && in_.front() == '-') {
    in_.remove_prefix(1);
    if (++dashes_ < 2) return false;
    state_ = State::kComment;
    comment_begins_ = true;
    bang_ = false;
    dashes_ = 0;
  } else {
    state_ = State::kBogusComment;
  }
  return false;
}

// Ends at "-->", at "--!>", and right at its begin at ">" and "->".
bool HtmlScanner::on_comment() {
  const char c = in_.front();
  if (c == '-' && !bang_) {
    in_.remove_prefix(1);
    ++dashes_;
    return false;
  }
  if (c == '>' && (comment_begins_ ? !bang_ : dashes_ >= 2)) {
    in_.remove_prefix(1);
    state_ = State::kData;
    return give(Kind::kCommentEnd, {});
  }
  if (c == '!' && dashes_ >= 2 && !bang_) {
    in_.remove_prefix(1);
    bang_ = true;
    comment_begins_ = false;
    return false;
  }
  comment_begins_ = false;
  if (dashes_ > 0 || bang_) {
    held_.assign(std::min(dashes_, kDashesKept), '-');
    if (bang_) held_ += '!';
    dashes_ = 0;
    bang_ = false;
    return held(Kind::kComment);
  }
  return run(Kind::kComment, find_any<'-'>(in_));
}

bool HtmlScanner::on_bogus_comment() {
  in_.remove_prefix(find_any<'>'>(in_));
  if (in_.empty()) return false;
  in_.remove_prefix(1);
  state_ = State::kData;
  return false;
}

// Text up to "]]>".
bool HtmlScanner::on_cdata() {
  const char c = in_.front();
  if (c == ']' && cdata_ < 2) {
    in_.remove_prefix(1);
    ++cdata_;
    return false;
  }
  if (c == '>' && cdata_ == 2) {
    in_.remove_prefix(1);
    state_ = State::kData;
    return false;
  }
  if (cdata_ == 0) return run(Kind::kText, find_any<']'>(in_));
  // Brackets that end nothing; of three, the last two may.
  held_.assign(c == ']' ? 1 : cdata_, ']');
  cdata_ -= held_.size();
  return held(Kind::kText);
}

bool HtmlScanner::on_raw_text() {
  if (raw_ == Raw::kToTheEnd) return run(Kind::kText, in_.size());
  const bool references = raw_ == Raw::kWithReferences;
  const size_t plain = references ? find_any<'<', '&'>(in_) : find_any<'<'>(in_);
  if (plain > 0) return run(Kind::kRawText, plain);
  name_.clear();
  if (take() == '<') {
    state_ = State::kRawTextLessThan;
  } else {
    state_ = State::kReference;
    entity_.reset(EntityReader::Place::kText);
  }
  return false;
}

// name_ is "/" and what came of the name.
bool HtmlScanner::on_raw_text_less_than() {
  const char c = in_.front();
  if ((c == '/' && name_.size == 0) ||
      (is_alpha(c) && name_.size > 0 && name_.size < kNameBytesMax)) {
    name_.add(in_.substr(0, 1));
    in_.remove_prefix(1);
    return false;
  }
  const bool ends = is_html_space(c) || c == '/' || c == '>';
  if (ends && name_.size > 0 && name_.view().substr(1) == raw_name_.view()) {
    name_ = raw_name_;
    closing_ = true;
    state_ = State::kBeforeAttributeName;
    return false;
  }
  state_ = State::kRawText;
  held_ = "<";
  held_ += name_.view();
  return held(Kind::kRawText);
}

}  // namespace sekisho::codec
