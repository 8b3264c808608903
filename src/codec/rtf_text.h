// codec/rtf_text.h: what RTF shows, hides and links to, while it streams.
//
//   RtfText r;  r.reset();  RtfOutput o;  r.feed(bytes, o);  use and o.clear(); …  r.finish(o);
//
// Control words go, destinations that are no text (font tables, pictures, "\*" ones) go with all
// they hold; \'hh is a byte in the document's code page, \uN a character. Links are those of
// HYPERLINK fields. Of HTML inside RTF (Outlook's \fromhtml) the text is read, its tags are `tags`.
//
// Memory: kDepthMax levels of 4 bytes, one field of kFieldBytesMax, a charset decoder.
// Output: all of it at most three times the input.  Process: inspector worker.
// Broken input: never fails; groups deeper than kDepthMax are read as the last one kept.
// Not read: code pages of single fonts, objects.  Standards: RTF 1.9.1, MS-OXRTFEX §2.1.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/charset_decoder.h"

namespace sekisho::codec {

struct RtfOutput {
  std::string text;
  std::string hidden;
  std::string tags;
  std::vector<std::string> links;

  void clear();
};

bool looks_like_rtf(std::string_view first_bytes);

class RtfText {
 public:
  static constexpr size_t kDepthMax = 128;
  static constexpr size_t kFieldBytesMax = 4096;

  void reset();
  void feed(std::string_view rtf, RtfOutput& out);
  void finish(RtfOutput& out);

 private:
  enum class State { kText, kBackslash, kWord, kNumber, kHex, kBinary };
  enum class Target : uint8_t { kText, kField, kTags, kNothing };
  struct Group {
    Target target = Target::kText;
    bool hidden = false;
    bool as_html = false;     // \htmlrtf: what only readers without HTML show
    uint8_t substitutes = 1;  // \uc: characters behind \u that say the same
  };

  void byte(char c, RtfOutput& out);
  void symbol(char c, RtfOutput& out);
  void number_byte(char c, RtfOutput& out);
  void hex_byte(char c, RtfOutput& out);
  void end_word(RtfOutput& out);
  bool style_word();
  void set_charset(std::string_view label);
  void destination();
  void open_group();
  void close_group(RtfOutput& out);
  void end_field(RtfOutput& out);
  void unicode(RtfOutput& out);
  void give(std::string_view bytes, RtfOutput& out);
  void give_utf8(std::string_view utf8, RtfOutput& out);
  Group& group() { return groups_[depth_]; }

  State state_ = State::kText;
  std::array<Group, kDepthMax> groups_;
  size_t depth_ = 0;
  size_t deeper_ = 0;
  std::string word_;
  int64_t number_ = 0;
  bool negative_ = false;
  bool has_number_ = false;
  bool group_begins_ = false;  // no word came in it yet
  bool star_ = false;          // "\*" stands before
  bool charset_set_ = false;
  unsigned hex_digits_ = 0;
  uint64_t left_ = 0;  // bytes of \bin
  unsigned skip_ = 0;  // substitutes that are still to come
  uint32_t high_ = 0;  // the first of two surrogates
  std::string field_;
  CharsetDecoder charset_;
  std::string decoded_;
};

}  // namespace sekisho::codec
