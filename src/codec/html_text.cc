#include "codec/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "codec/html_entities.h"

namespace sekisho::codec {
namespace {

constexpr std::array<std::string_view, 21> kLineTags{
    "br",   "div",     "tr",      "li",      "dt",     "dd",    "option",
    "hr",   "center",  "address", "caption", "thead",  "tbody", "title",
    "form", "section", "article", "header",  "footer", "nav",   "main"};
constexpr std::array<std::string_view, 14> kParagraphTags{"p",  "h1",         "h2",    "h3",  "h4",
                                                          "h5", "h6",         "table", "ul",  "ol",
                                                          "dl", "blockquote", "pre",   "body"};

template <typename List>
bool contains(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

void HtmlText::reset() {
  state_ = State::kText;
  quote_ = 0;
  closing_ = false;
  dashes_ = 0;
  name_.clear();
  raw_name_.clear();
}

void HtmlText::feed(std::string_view html, std::string& out) {
  while (!html.empty()) {
    if (state_ == State::kText) {
      const size_t plain = html.find_first_of("<&");
      out.append(html.substr(0, plain));
      if (plain == std::string_view::npos) return;
      html.remove_prefix(plain);
    }
    step(html.front(), out);
    html.remove_prefix(1);
  }
}

void HtmlText::finish(std::string& out) {
  if (state_ == State::kEntity) end_entity(out);
  if (state_ == State::kTagOpen) out += '<';
  reset();
}

void HtmlText::step(char c, std::string& out) {
  switch (state_) {
    case State::kText:
      return on_text(c, out);
    case State::kEntity:
      return on_entity(c, out);
    case State::kTagOpen:
      return on_tag_open(c, out);
    case State::kTagName:
      return on_tag_name(c, out);
    case State::kInTag:
      return on_in_tag(c, out);
    case State::kQuoted:
      if (c == quote_) state_ = State::kInTag;
      return;
    case State::kMarkup:
      return on_markup(c);
    case State::kComment:
      return on_comment(c);
    case State::kRawText:
      if (c == '<') {
        state_ = State::kRawTextTag;
        name_.clear();
      }
      return;
    case State::kRawTextTag:
      return on_raw_text_tag(c);
  }
}

void HtmlText::on_text(char c, std::string& out) {
  if (c == '<') {
    state_ = State::kTagOpen;
  } else if (c == '&') {
    state_ = State::kEntity;
    name_.clear();
  } else {
    out += c;
  }
}

void HtmlText::on_entity(char c, std::string& out) {
  const bool part = is_alpha(c) || is_digit(c) || (c == '#' && name_.empty());
  if (part && name_.size() < kNameBytesMax) {
    name_ += c;
    return;
  }
  end_entity(out);
  if (c != ';') step(c, out);
}

void HtmlText::end_entity(std::string& out) {
  state_ = State::kText;
  append_entity(name_, out);
}

void HtmlText::on_tag_open(char c, std::string& out) {
  name_.clear();
  closing_ = c == '/';
  if (closing_) {
    state_ = State::kTagName;
  } else if (c == '!' || c == '?') {
    state_ = State::kMarkup;
    dashes_ = c == '?' ? 3 : 0;  // "<?--" opens no comment
  } else if (is_alpha(c)) {
    state_ = State::kTagName;
    name_ += ascii_lower(c);
  } else {
    // "<" before anything else is text (WHATWG HTML §13.2.5.6).
    out += '<';
    state_ = State::kText;
    on_text(c, out);
  }
}

void HtmlText::on_tag_name(char c, std::string& out) {
  if (c == '>') return end_tag(out);
  if (is_space(c) || c == '/') {
    state_ = State::kInTag;
  } else if (name_.size() < kNameBytesMax) {
    name_ += ascii_lower(c);
  }
}

// A quote opens a value only behind "=": a stray one would swallow the text up to the next.
void HtmlText::on_in_tag(char c, std::string& out) {
  if (c == '>') return end_tag(out);
  if ((c == '"' || c == '\'') && quote_ == '=') {
    quote_ = c;
    state_ = State::kQuoted;
    return;
  }
  if (!is_space(c)) quote_ = c;
}

void HtmlText::end_tag(std::string& out) {
  state_ = State::kText;
  quote_ = 0;
  if (!closing_ && (name_ == "script" || name_ == "style")) {
    raw_name_ = name_;
    state_ = State::kRawText;
  } else if (contains(kLineTags, name_)) {
    out += '\n';
  } else if (contains(kParagraphTags, name_)) {
    out += "\n\n";
  } else if (name_ == "td" || name_ == "th" || name_ == "img") {
    out += ' ';
  }
}

void HtmlText::on_markup(char c) {
  if (c == '-' && ++dashes_ == 2) {
    state_ = State::kComment;
    dashes_ = 2;  // "<!-->" is a whole comment
  } else if (c == '>') {
    state_ = State::kText;
  } else if (c != '-') {
    dashes_ = 3;  // a declaration: no comment any more
  }
}

void HtmlText::on_comment(char c) {
  if (c == '>' && dashes_ >= 2) {
    state_ = State::kText;
    dashes_ = 0;
  } else {
    dashes_ = c == '-' ? dashes_ + 1 : 0;
  }
}

void HtmlText::on_raw_text_tag(char c) {
  if ((c == '/' && name_.empty()) || (is_alpha(c) && name_.size() < kNameBytesMax)) {
    name_ += ascii_lower(c);
    return;
  }
  if (name_ == "/" + raw_name_) {
    name_ = raw_name_;
    closing_ = true;
    quote_ = 0;
    state_ = c == '>' ? State::kText : State::kInTag;
    return;
  }
  state_ = State::kRawText;
  if (c == '<') {
    state_ = State::kRawTextTag;
    name_.clear();
  }
}

}  // namespace sekisho::codec
