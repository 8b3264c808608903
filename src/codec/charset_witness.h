// codec/charset_witness.h: which charset the bytes themselves speak for, whatever their label says.
//
//   CharsetWitness w;  w.feed(bytes); …;  if (auto other = w.second_reading("us-ascii"); …)
//
// Feed it what CharsetDecoder gets. second_reading() names the charset under which a client that
// looks at the bytes would read them, where that differs from the label's reading: ISO-2022-JP
// escapes under any other label, valid UTF-8 under a label of old, Shift_JIS or EUC-JP under a
// wrong label, under none, or under UTF-8 that it is not. The caller decodes the bytes again with
// it. It tells UTF-8, ISO-2022-JP, Shift_JIS, EUC-JP and UTF-16 with a byte order mark, no others.
//
// Memory: fixed, no heap.  Time: ASCII is skipped sixteen bytes at a time.  Threads: one per
// object.  Standards: RFC 3629, RFC 1468, JIS X 0208 rows 4 and 5 (kana).

#pragma once

#include <cstdint>
#include <string_view>

#include "codec/charset_label.h"

namespace sekisho::codec {

class CharsetWitness {
 public:
  void reset() { *this = CharsetWitness(); }
  void feed(std::string_view bytes);
  // Empty where the label's reading is the only one.
  std::string_view second_reading(std::string_view label) const;

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

  void step(unsigned char c);
  void step_utf8(unsigned char c);
  void step_shift_jis(unsigned char c);
  void step_euc_jp(unsigned char c);
  void step_escape(unsigned char c);
  bool between_characters() const;
  CharsetKind eight_bit_reading() const;

  Count utf8_, shift_jis_, euc_jp_;
  char sequence_[4] = {};  // UTF-8
  uint8_t sequence_bytes_ = 0;
  unsigned char shift_jis_lead_ = 0;
  unsigned char euc_jp_lead_ = 0;
  uint8_t euc_jp_left_ = 0;
  uint8_t escape_bytes_ = 0;  // of "ESC $" so far
  uint64_t escapes_ = 0;      // into JIS X 0208 and its relatives
  uint64_t position_ = 0;
  unsigned char first_ = 0;
  enum class Mark { kNone, kLittleEndian, kBigEndian } mark_ = Mark::kNone;
};

}  // namespace sekisho::codec
