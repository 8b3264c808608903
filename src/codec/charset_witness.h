// codec/charset_witness.h: which charset the bytes themselves speak for, whatever their label says.
//
//   CharsetWitness w;  w.feed(bytes); …;  if (auto other = w.second_reading("us-ascii"); …)
//
// Feed it what CharsetDecoder gets. second_reading() names the charset under which a client that
// looks at the bytes would read them, where that differs from the label's reading: ISO-2022-JP
// escapes under any other label, valid UTF-8 under a label of old, Shift_JIS or EUC-JP under a
// wrong label, under none, or under UTF-8 that it is not. The caller decodes the bytes again with
// it. It tells UTF-8, ISO-2022-JP, Shift_JIS, EUC-JP, and UTF-16 by a byte order mark or by its
// NULs, no others. A bad byte among fifty good characters changes nothing. Under a Chinese or
// Korean label EUC-JP is not told: their own kana and Hangul letters have its bytes.
//
// Memory: fixed, no heap.  Time: linear; ASCII and valid UTF-8 by runs.  Threads: one per
// object.  Standards: RFC 3629, RFC 1468, JIS X 0208 rows 4 and 5 (kana).

#pragma once

#include <cstdint>
#include <string_view>

#include "codec/charset_label.h"

namespace sekisho::codec {

// "utf-16le" or "utf-16be" where the first bytes say so: a byte order mark, or a NUL in most pairs
// and always on the same side. Empty where they don't.
inline constexpr size_t kUtf16WitnessBytes = 64;
std::string_view utf16_of(std::string_view first_bytes);

class CharsetWitness {
 public:
  void reset() { *this = CharsetWitness(); }
  void feed(std::string_view bytes);
  // Empty where the label's reading is the only one.
  std::string_view second_reading(std::string_view label) const;
  // May the charset that a text states itself read its bytes in another way than UTF-8 does?
  bool may_differ(const Charset& stated) const;

 private:
  // One charset's view of the bytes.
  struct Count {
    uint64_t characters = 0;  // of more than one byte
    uint64_t kana = 0;        // of them
    uint64_t single = 0;      // Shift_JIS: half-width kana
    uint64_t bad = 0;
    bool fits() const { return characters > 0 && bad * 50 <= characters; }
    bool fits_japanese() const { return fits() && kana > 0 && kana * 16 >= characters + single; }
  };

  void look_for_escapes(std::string_view bytes);
  void step_utf8(char c);
  void step_japanese(unsigned char c);
  void step_shift_jis(unsigned char c);
  void step_euc_jp(unsigned char c);
  bool fits_utf8() const { return utf8_bytes_ > 0 && utf8_bad_ * 100 <= utf8_bytes_; }
  CharsetKind eight_bit_reading() const;
  std::string_view utf16_reading(std::string_view labelled) const;

  static constexpr uint64_t kUtf8BadMax = 1000;  // then it is none, whatever comes
  uint64_t utf8_bytes_ = 0;                      // of valid characters, but ASCII
  uint64_t utf8_bad_ = 0;
  Count shift_jis_, euc_jp_;
  char sequence_[4] = {};  // UTF-8, whose end has not come yet
  uint8_t sequence_bytes_ = 0;
  unsigned char shift_jis_lead_ = 0;
  unsigned char euc_jp_lead_ = 0;
  uint8_t euc_jp_left_ = 0;
  uint8_t escape_bytes_ = 0;  // of "ESC $" so far
  uint64_t escapes_ = 0;      // into JIS X 0208 and its relatives
  char first_[kUtf16WitnessBytes] = {};
  size_t first_bytes_ = 0;
};

}  // namespace sekisho::codec
