#include "codec/rtf_text.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/utf8.h"

namespace sekisho::codec {
namespace {

constexpr size_t kWordBytesMax = 32;
constexpr int64_t kNumberMax = 1 << 30;
constexpr std::string_view kLink = "HYPERLINK";
// Destinations that are no text, though no "\*" says so.
constexpr std::array<std::string_view, 9> kNoText{
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "objdata", "filetbl", "sp", "nonshppict"};

struct Character {
  std::string_view word, utf8;
};
constexpr std::array kCharacters{
    Character{"par", "\n"},      Character{"line", "\n"},     Character{"sect", "\n"},
    Character{"page", "\n"},     Character{"row", "\n"},      Character{"cell", "\t"},
    Character{"tab", "\t"},      Character{"lquote", "‘"},    Character{"rquote", "’"},
    Character{"ldblquote", "“"}, Character{"rdblquote", "”"}, Character{"bullet", "•"},
    Character{"endash", "–"},    Character{"emdash", "—"},    Character{"enspace", " "},
    Character{"emspace", " "}};

unsigned hex_value(char c) {
  const char lower = ascii_lower(c);
  return static_cast<unsigned>(is_digit(c) ? c - '0' : lower - 'a' + 10);
}

bool is_hex(char c) { return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); }

}  // namespace

void RtfOutput::clear() {
  text.clear();
  hidden.clear();
  tags.clear();
  links.clear();
}

bool looks_like_rtf(std::string_view bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  return bytes.starts_with("{\\rt");  // Word asks for no more
}

void RtfText::reset() {
  state_ = State::kText;
  depth_ = deeper_ = 0;
  groups_[0] = {};
  star_ = false;
  charset_set_ = group_begins_ = false;
  skip_ = 0;
  high_ = 0;
  field_.clear();
  charset_.reset("windows-1252");
}

void RtfText::feed(std::string_view rtf, RtfOutput& out) {
  while (!rtf.empty()) {
    size_t run = 0;
    if (state_ == State::kBinary) {
      run = static_cast<size_t>(std::min<uint64_t>(left_, rtf.size()));
      left_ -= run;
      if (left_ == 0) state_ = State::kText;
    } else if (state_ == State::kText && skip_ == 0) {
      run = std::min(rtf.find_first_of("\\{}\r\n"), rtf.size());
      if (run > 0) give(rtf.substr(0, run), out);
    }
    if (run == 0) byte(rtf[run++], out);
    rtf.remove_prefix(run);
  }
}

void RtfText::finish(RtfOutput& out) {
  if (state_ == State::kWord || state_ == State::kNumber) end_word(out);
  end_field(out);
  decoded_.clear();
  charset_.finish(decoded_);
  give_utf8(decoded_, out);
  reset();
}

void RtfText::byte(char c, RtfOutput& out) {
  if (state_ == State::kBackslash) return symbol(c, out);
  if (state_ == State::kHex) return hex_byte(c, out);
  if (state_ == State::kWord && is_alpha(c)) {
    if (word_.size() < kWordBytesMax) word_ += c;
    return;
  }
  if (state_ == State::kWord || state_ == State::kNumber) return number_byte(c, out);
  if (c == '\\') {
    state_ = State::kBackslash;
  } else if (c == '{') {
    open_group();
  } else if (c == '}') {
    close_group(out);
  } else if (c != '\r' && c != '\n') {
    give({&c, 1}, out);
  }
}

void RtfText::symbol(char c, RtfOutput& out) {
  state_ = State::kText;
  if (is_alpha(c)) {
    state_ = State::kWord;
    word_ = c;
    number_ = 0;
    negative_ = has_number_ = false;
  } else if (c == '\'') {
    state_ = State::kHex;
    hex_digits_ = 0;
    number_ = 0;
  } else if (c == '*') {
    star_ = true;
  } else if (c == '\r' || c == '\n') {
    give("\n", out);
  } else if (c == '~' || c == '_') {
    give(c == '~' ? " " : "-", out);
  } else if (c == '{' || c == '}' || c == '\\') {
    give({&c, 1}, out);
  }
}

// The number behind a word, and the blank that may end both.
void RtfText::number_byte(char c, RtfOutput& out) {
  if (c == '-' && state_ == State::kWord) {
    negative_ = true;
    state_ = State::kNumber;
  } else if (is_digit(c)) {
    number_ = std::min(number_ * 10 + (c - '0'), kNumberMax);
    has_number_ = true;
    state_ = State::kNumber;
  } else {
    state_ = State::kText;
    end_word(out);
    if (c == ' ') return;
    if (state_ != State::kBinary) return byte(c, out);
    if (--left_ == 0) state_ = State::kText;
  }
}

void RtfText::hex_byte(char c, RtfOutput& out) {
  if (!is_hex(c)) {
    state_ = State::kText;
    return byte(c, out);
  }
  number_ = number_ << 4 | hex_value(c);
  if (++hex_digits_ < 2) return;
  state_ = State::kText;
  const char made = static_cast<char>(number_);
  give({&made, 1}, out);
}

void RtfText::end_word(RtfOutput& out) {
  const bool on = !has_number_ || number_ != 0;
  if (word_ == "bin") {
    left_ = static_cast<uint64_t>(has_number_ && !negative_ ? number_ : 0);
    if (left_ > 0) state_ = State::kBinary;
  } else if (word_ == "u") {
    unicode(out);
  } else if (word_ == "v" || word_ == "deleted") {
    group().hidden = on;
  } else if (word_ == "htmlrtf") {
    group().as_html = on;
  } else if (!style_word()) {
    const auto* const found =
        std::find_if(kCharacters.begin(), kCharacters.end(),
                     [&](const Character& character) { return character.word == word_; });
    if (found == kCharacters.end())
      destination();
    else if (skip_ > 0)
      --skip_;
    else
      give_utf8(found->utf8, out);
  }
  group_begins_ = star_ = false;
}

bool RtfText::style_word() {
  if (word_ == "uc")
    group().substitutes = static_cast<uint8_t>(std::clamp<int64_t>(number_, 0, 255));
  else if (word_ == "plain")
    group().hidden = false;
  else if (word_ == "ansicpg")
    set_charset("cp" + std::to_string(number_));
  else if (word_ == "mac" || word_ == "pc" || word_ == "pca")
    set_charset(word_ == "mac" ? "macintosh" : word_ == "pc" ? "cp437" : "cp850");
  else
    return false;
  return true;
}

// The first counts: to open one for every word would take its time.
void RtfText::set_charset(std::string_view label) {
  if (!charset_set_) charset_.reset(label);
  charset_set_ = true;
}

// What a group holds is told by its first word; behind another one, it changes nothing here.
void RtfText::destination() {
  if (!group_begins_ || group().target == Target::kNothing) return;
  if (word_ == "fldinst")
    group().target = Target::kField;
  else if (word_ == "htmltag" || word_ == "mhtmltag")
    group().target = Target::kTags;
  else if ((star_ && word_ != "shpinst") ||
           std::find(kNoText.begin(), kNoText.end(), word_) != kNoText.end())
    group().target = Target::kNothing;
}

void RtfText::open_group() {
  skip_ = 0;
  group_begins_ = true;
  star_ = false;
  if (depth_ + 1 == kDepthMax) {
    ++deeper_;
  } else {
    groups_[depth_ + 1] = groups_[depth_];
    ++depth_;
  }
}

void RtfText::close_group(RtfOutput& out) {
  skip_ = 0;
  group_begins_ = star_ = false;
  if (deeper_ > 0) {
    --deeper_;
    return;
  }
  if (depth_ == 0) return;
  --depth_;
  if (group().target != Target::kField) end_field(out);
}

// HYPERLINK "http://a/" \o "a title"
void RtfText::end_field(RtfOutput& out) {
  std::string_view rest = field_;
  const auto link = std::search(rest.begin(), rest.end(), kLink.begin(), kLink.end(),
                                [](char a, char b) { return ascii_lower(a) == ascii_lower(b); });
  if (link != rest.end()) {
    rest.remove_prefix(static_cast<size_t>(link - rest.begin()) + kLink.size());
    rest = trim(rest);
    const bool quoted = rest.starts_with('"');
    if (quoted) rest.remove_prefix(1);
    rest = rest.substr(0, quoted ? rest.find('"') : rest.find(' '));
    if (!rest.empty()) out.links.emplace_back(rest);
  }
  field_.clear();
}

void RtfText::unicode(RtfOutput& out) {
  const auto unit = static_cast<uint32_t>(negative_ ? -number_ : number_) & 0xFFFF;
  const bool high = (unit & 0xFC00) == 0xD800, low = (unit & 0xFC00) == 0xDC00;
  std::string utf8;
  if (low && high_ != 0)
    append_code_point(0x10000 + ((high_ & 0x3FF) << 10 | (unit & 0x3FF)), utf8);
  else if (!high)
    append_code_point(low ? 0xFFFD : unit, utf8);
  high_ = high ? unit : 0;
  give_utf8(utf8, out);
  skip_ = group().substitutes;
}

// In the document's code page.
void RtfText::give(std::string_view bytes, RtfOutput& out) {
  group_begins_ = star_ = false;
  if (skip_ > 0) {
    --skip_;
    return;
  }
  decoded_.clear();
  charset_.feed(bytes, decoded_);
  give_utf8(decoded_, out);
}

void RtfText::give_utf8(std::string_view utf8, RtfOutput& out) {
  const Group& in = group();
  if (in.target == Target::kField)
    field_.append(utf8.substr(0, kFieldBytesMax - std::min(kFieldBytesMax, field_.size())));
  else if (in.target == Target::kTags)
    out.tags += utf8;
  else if (in.target == Target::kText && !in.as_html)
    (in.hidden ? out.hidden : out.text) += utf8;
}

}  // namespace sekisho::codec
