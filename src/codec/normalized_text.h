// codec/normalized_text.h: UTF-8 text → the form that rules compare, with the way back.
//
//   NormalizedText n;  n.feed(utf8, out); …; n.finish(out);   n.source_of(position in all output)
//
// NFKC (full and half width, circled and ligature forms are one), katakana folded to hiragana and
// ASCII case kept; what has no shape is taken out: NUL and other control characters,
// zero-width and bidi controls, soft hyphens, variation selectors, tag characters. The same fold is
// for rules' own words: normalize(). Kana::kKept leaves kana alone, as host names need.
//
// The offsets are kept where output and input drift apart, kOffsetsMax of them; in longer texts
// every second is forgotten as often as needed, so source_of() then points before the place.
//
// Input: valid UTF-8, as CharsetDecoder gives it; bad bytes become U+FFFD.
// Memory: kOffsetsMax × 16 bytes, one run of combining marks of kRunMax characters (a longer one is
// normalised in pieces).  Output: at most 11 times the input (one ligature of 18 letters).
// Process: inspector worker.  Standards: UAX 15 (NFKC; its stream-safe limit of 30 marks).

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::codec {

enum class Kana { kFolded, kKept };

class NormalizedText {
 public:
  static constexpr size_t kOffsetsMax = 1024;
  static constexpr size_t kRunMax = 32;

  explicit NormalizedText(Kana kana = Kana::kFolded);
  void reset();
  void feed(std::string_view utf8, std::string& out);
  void finish(std::string& out);

  // The position in all input of what stands at `position` in all output so far.
  uint64_t source_of(uint64_t position) const;

 private:
  struct Offset {
    uint64_t out = 0;
    uint64_t source = 0;
  };

  void character(char32_t c, size_t bytes, std::string& out);
  void end_run(std::string& out);
  void give(std::string_view bytes, uint64_t source, std::string& out);

  Kana kana_;
  std::string held_;    // a sequence whose end has not come yet
  std::u16string run_;  // a starter and what may compose with it
  uint64_t run_source_ = 0;
  uint64_t read_ = 0;  // bytes of input
  uint64_t written_ = 0;
  std::vector<Offset> offsets_;
  uint64_t spacing_ = 1;  // bytes of output between two offsets, at least
};

// True where the normal form is the text itself, but for its kana: ASCII, and what nearly all
// Japanese text is made of. A quick look: it may say false where it is true.
bool is_surely_normal(std::string_view utf8);

// A whole text at once.
std::string normalize(std::string_view utf8, Kana kana = Kana::kFolded);

}  // namespace sekisho::codec
