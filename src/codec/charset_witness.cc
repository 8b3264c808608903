#include "codec/charset_witness.h"

#include <algorithm>

#include "codec/byte_scan.h"
#include "codec/utf8.h"

namespace sekisho::codec {
namespace {

constexpr std::string_view kUtf16Le = "utf-16le", kUtf16Be = "utf-16be";

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

std::string_view utf16_of(std::string_view bytes) {
  bytes = bytes.substr(0, kUtf16WitnessBytes & ~size_t{1});
  if (bytes.starts_with("\xFF\xFE")) return kUtf16Le;
  if (bytes.starts_with("\xFE\xFF")) return kUtf16Be;
  size_t nuls[2] = {};
  for (size_t i = 0; i < bytes.size(); ++i) nuls[i % 2] += bytes[i] == '\0' ? 1 : 0;
  const size_t most = std::max(nuls[0], nuls[1]);
  if (most < 4 || most * 4 <= bytes.size() || std::min(nuls[0], nuls[1]) > 0) return {};
  return nuls[1] > 0 ? kUtf16Le : kUtf16Be;
}

void CharsetWitness::feed(std::string_view bytes) {
  first_bytes_ += bytes.copy(first_ + first_bytes_, kUtf16WitnessBytes - first_bytes_);
  look_for_escapes(bytes);
  while (!bytes.empty() && utf8_bad_ == 0) {
    if (sequence_bytes_ == 0) {
      bytes.remove_prefix(ascii_prefix(bytes));
      const std::string_view valid = bytes.substr(0, valid_utf8_prefix(bytes));
      utf8_bytes_ += static_cast<uint64_t>(
          std::count_if(valid.begin(), valid.end(), [](char c) { return (c & 0x80) != 0; }));
      bytes.remove_prefix(valid.size());
      if (bytes.empty()) return;
    }
    step_utf8(bytes.front());
    bytes.remove_prefix(1);
  }
  while (!bytes.empty()) {
    if (shift_jis_lead_ == 0 && euc_jp_left_ == 0 && sequence_bytes_ == 0) {
      bytes.remove_prefix(ascii_prefix(bytes));
      if (bytes.empty()) return;
    }
    step_japanese(static_cast<unsigned char>(bytes.front()));
    if (utf8_bad_ < kUtf8BadMax) step_utf8(bytes.front());
    bytes.remove_prefix(1);
  }
}

// "ESC $ @", "ESC $ B", "ESC $ (" and "ESC ( I".
void CharsetWitness::look_for_escapes(std::string_view bytes) {
  while (!bytes.empty()) {
    if (escape_bytes_ == 0) {
      const size_t escape = bytes.find('\x1B');
      if (escape == std::string_view::npos) return;
      bytes.remove_prefix(escape);
    }
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (c == '\x1B') {
      escape_bytes_ = 1;
    } else if (escape_bytes_ == 1) {
      escape_bytes_ = c == '$' ? 2 : c == '(' ? 3 : 0;
    } else {
      const bool opens = escape_bytes_ == 2 ? c == '@' || c == 'B' || c == '(' : c == 'I';
      if (opens) ++escapes_;
      escape_bytes_ = 0;
    }
  }
}

// A sequence that valid_utf8_prefix() left: its end has not come yet, or it is broken. From the
// first broken one on the bytes are looked at as Shift_JIS and EUC-JP; what was valid UTF-8 before
// says nothing on them.
void CharsetWitness::step_utf8(char c) {
  sequence_[sequence_bytes_++] = c;
  const std::string_view so_far(sequence_, sequence_bytes_);
  const size_t length = utf8_sequence_length(static_cast<unsigned char>(sequence_[0]));
  const bool broken =
      length == 0 || (so_far.size() > 1 && !utf8_continues(so_far, so_far.size() - 1));
  if (!broken && length > so_far.size()) return;
  sequence_bytes_ = 0;
  if (!broken) {
    if (length > 1) utf8_bytes_ += length;
    return;
  }
  if (utf8_bad_++ == 0)
    for (const char byte : so_far) step_japanese(static_cast<unsigned char>(byte));
  if (so_far.size() > 1 && utf8_bad_ < kUtf8BadMax) step_utf8(c);  // it may begin another
}

void CharsetWitness::step_japanese(unsigned char c) {
  step_shift_jis(c);
  step_euc_jp(c);
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

// Many bytes are both Shift_JIS and EUC-JP: the one that reads more kana wins.
CharsetKind CharsetWitness::eight_bit_reading() const {
  if (fits_utf8()) return CharsetKind::kUtf8;
  const bool shift_jis = shift_jis_.fits_japanese(), euc_jp = euc_jp_.fits_japanese();
  if (shift_jis && (!euc_jp || shift_jis_.kana >= euc_jp_.kana)) return CharsetKind::kShiftJis;
  return euc_jp ? CharsetKind::kEucJp : CharsetKind::kUnknown;
}

// Clients read "utf-16" without a mark as either.
std::string_view CharsetWitness::utf16_reading(std::string_view labelled) const {
  if (labelled.starts_with("UTF-32")) return {};
  const std::string_view seen = utf16_of({first_, first_bytes_});
  if (labelled != "UTF-16") return find_charset(seen).icu_name == labelled ? "" : seen;
  const bool marked = first_bytes_ > 1 && !seen.empty() && (first_[0] & first_[1] & 0x80) != 0;
  return marked || seen == kUtf16Be ? "" : kUtf16Le;
}

bool CharsetWitness::may_differ(const Charset& stated) const {
  if (stated.kind == CharsetKind::kUnknown) return false;
  if (stated.kind == CharsetKind::kIso2022Jp) return escapes_ > 0;
  const std::string_view name = stated.icu_name;
  if (name.starts_with("UTF-") || name.starts_with("ISO-2022") || name.starts_with("HZ"))
    return true;  // made of ASCII
  return utf8_bad_ > 0 || sequence_bytes_ > 0;
}

std::string_view CharsetWitness::second_reading(std::string_view label) const {
  const Charset charset = find_charset(label);
  const CharsetKind labelled = charset.kind;
  const std::string_view name = charset.icu_name;
  if (const std::string_view utf16 = utf16_reading(name); !utf16.empty()) return utf16;
  if (escapes_ > 0 && labelled != CharsetKind::kIso2022Jp && labelled != CharsetKind::kMultiByte)
    return label_of(CharsetKind::kIso2022Jp);
  const CharsetKind seen = eight_bit_reading();
  if (seen == labelled || (seen == CharsetKind::kUtf8 && reads_utf8(labelled))) return {};
  // GB 2312 has kana where EUC-JP has them, and KS X 1001 the letters of Hangul.
  if (seen == CharsetKind::kEucJp && (name == "GB18030" || name == "windows-949")) return {};
  // Between the two Japanese ones, the label holds unless its own reading breaks or has no kana.
  if (labelled == CharsetKind::kShiftJis && shift_jis_.fits_japanese()) return {};
  if (labelled == CharsetKind::kEucJp && euc_jp_.fits_japanese()) return {};
  return label_of(seen);
}

}  // namespace sekisho::codec
