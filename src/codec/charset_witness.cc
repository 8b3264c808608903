#include "codec/charset_witness.h"

#include "codec/byte_scan.h"
#include "codec/utf8.h"

namespace sekisho::codec {
namespace {

bool within(unsigned char c, unsigned low, unsigned high) { return c >= low && c <= high; }

// Of a label's kind, does it read 8-bit bytes as UTF-8 (and as Windows-1252 where they aren't)?
bool reads_utf8(CharsetKind kind) {
  return kind == CharsetKind::kUtf8 || kind == CharsetKind::kUnknown;
}

std::string_view label_of(CharsetKind kind) {
  switch (kind) {
    case CharsetKind::kUtf8:
      return "utf-8";
    case CharsetKind::kIso2022Jp:
      return "iso-2022-jp";
    case CharsetKind::kShiftJis:
      return "shift_jis";
    case CharsetKind::kEucJp:
      return "euc-jp";
    default:
      return {};
  }
}

}  // namespace

void CharsetWitness::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (between_characters() && position_ > 1) {
      const size_t plain = find_block_byte(
          bytes, [](const Block& block) { return block.not_ascii() | block.is('\x1B'); });
      position_ += plain;
      bytes.remove_prefix(plain);
      if (bytes.empty()) return;
    }
    step(static_cast<unsigned char>(bytes.front()));
    bytes.remove_prefix(1);
  }
}

bool CharsetWitness::between_characters() const {
  return sequence_bytes_ == 0 && shift_jis_lead_ == 0 && euc_jp_left_ == 0 && escape_bytes_ == 0;
}

void CharsetWitness::step(unsigned char c) {
  if (position_ == 0) first_ = c;
  if (position_ == 1 && first_ == 0xFF && c == 0xFE) mark_ = Mark::kLittleEndian;
  if (position_ == 1 && first_ == 0xFE && c == 0xFF) mark_ = Mark::kBigEndian;
  ++position_;
  step_utf8(c);
  step_shift_jis(c);
  step_euc_jp(c);
  step_escape(c);
}

void CharsetWitness::step_utf8(unsigned char c) {
  sequence_[sequence_bytes_] = static_cast<char>(c);
  const std::string_view so_far(sequence_, sequence_bytes_ + 1u);
  if (sequence_bytes_ > 0 && !utf8_continues(so_far, sequence_bytes_)) {
    ++utf8_.bad;
    sequence_bytes_ = 0;
    return step_utf8(c);
  }
  const size_t length = utf8_sequence_length(static_cast<unsigned char>(sequence_[0]));
  if (length == 0) ++utf8_.bad;
  if (length == so_far.size() && length > 1) ++utf8_.characters;
  sequence_bytes_ = length > so_far.size() ? static_cast<uint8_t>(so_far.size()) : 0;
}

void CharsetWitness::step_shift_jis(unsigned char c) {
  const unsigned char lead = shift_jis_lead_;
  shift_jis_lead_ = 0;
  if (lead != 0) {
    if (!within(c, 0x40, 0xFC) || c == 0x7F) {
      ++shift_jis_.bad;
      return;
    }
    ++shift_jis_.characters;
    // Hiragana is 829F to 82F1, katakana 8340 to 8396.
    const bool hiragana = lead == 0x82 && within(c, 0x9F, 0xF1);
    if (hiragana || (lead == 0x83 && within(c, 0x40, 0x96))) ++shift_jis_.kana;
  } else if (within(c, 0x81, 0x9F) || within(c, 0xE0, 0xFC)) {
    shift_jis_lead_ = c;
  } else if (within(c, 0xA1, 0xDF)) {
    ++shift_jis_.single;
  } else if (c >= 0x80) {
    ++shift_jis_.bad;
  }
}

void CharsetWitness::step_euc_jp(unsigned char c) {
  if (euc_jp_left_ > 0) {
    if (!within(c, 0xA1, 0xFE)) {
      ++euc_jp_.bad;
      euc_jp_left_ = 0;
      return;
    }
    if (--euc_jp_left_ > 0) return;
    ++euc_jp_.characters;
    // Rows 4 and 5: A4A1 to A4F3, A5A1 to A5F6.
    if ((euc_jp_lead_ == 0xA4 || euc_jp_lead_ == 0xA5) && c <= 0xF6) ++euc_jp_.kana;
  } else if (within(c, 0xA1, 0xFE) || c == 0x8E || c == 0x8F) {
    euc_jp_lead_ = c;
    euc_jp_left_ = c == 0x8F ? 2 : 1;
  } else if (c >= 0x80) {
    ++euc_jp_.bad;
  }
}

// "ESC $ @", "ESC $ B", "ESC $ (" and "ESC ( I".
void CharsetWitness::step_escape(unsigned char c) {
  if (c == 0x1B) {
    escape_bytes_ = 1;
  } else if (escape_bytes_ == 1) {
    escape_bytes_ = c == '$' ? 2 : c == '(' ? 3 : 0;
  } else if (escape_bytes_ > 1) {
    const bool opens = escape_bytes_ == 2 ? c == '@' || c == 'B' || c == '(' : c == 'I';
    if (opens) ++escapes_;
    escape_bytes_ = 0;
  }
}

// Many bytes are both Shift_JIS and EUC-JP: the one that reads more kana wins.
CharsetKind CharsetWitness::eight_bit_reading() const {
  if (utf8_.fits() && utf8_.bad == 0) return CharsetKind::kUtf8;
  const bool shift_jis = shift_jis_.fits_japanese(), euc_jp = euc_jp_.fits_japanese();
  if (shift_jis && (!euc_jp || shift_jis_.kana >= euc_jp_.kana)) return CharsetKind::kShiftJis;
  return euc_jp ? CharsetKind::kEucJp : CharsetKind::kUnknown;
}

std::string_view CharsetWitness::second_reading(std::string_view label) const {
  const CharsetKind labelled = find_charset(label).kind;
  if (mark_ != Mark::kNone && labelled != CharsetKind::kMultiByte)
    return mark_ == Mark::kLittleEndian ? "utf-16le" : "utf-16be";
  if (escapes_ > 0 && labelled != CharsetKind::kIso2022Jp && labelled != CharsetKind::kMultiByte)
    return label_of(CharsetKind::kIso2022Jp);
  const CharsetKind seen = eight_bit_reading();
  if (seen == labelled || (seen == CharsetKind::kUtf8 && reads_utf8(labelled))) return {};
  // Between the two Japanese ones, the label holds unless its own reading breaks or has no kana.
  if (labelled == CharsetKind::kShiftJis && shift_jis_.fits_japanese()) return {};
  if (labelled == CharsetKind::kEucJp && euc_jp_.fits_japanese()) return {};
  return label_of(seen);
}

}  // namespace sekisho::codec
