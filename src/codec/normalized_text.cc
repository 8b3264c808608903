#include "codec/normalized_text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "codec/byte_scan.h"
#include "codec/utf8.h"

namespace sekisho::codec {
namespace {

const UNormalizer2* nfkc() {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFKCInstance(&error);
  SEKISHO_CHECK(U_SUCCESS(error));  // ICU's data is part of its library
  return normalizer;
}

// Katakana that have a hiragana: U+30A1 to U+30F6, and the iteration marks.
char32_t fold_kana(char32_t c) {
  const bool letter = c >= 0x30A1 && c <= 0x30F6, mark = c == 0x30FD || c == 0x30FE;
  return letter || mark ? c - 0x60 : c;
}

// C0 and C1 but white space: clients drop them, or show nothing.
bool is_control(char32_t c) {
  return (c < 0x20 && (c < '\t' || c > '\r')) || (c >= 0x7F && c <= 0x9F && c != 0x85);
}

bool has_no_shape(char32_t c) {
  if (c <= 0x9F) return is_control(c);
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

// What nearly all Japanese text is made of. NFKC leaves both alone; a voiced mark composes with
// kana.
bool is_ideograph(char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; }
bool is_kana(char32_t c) {
  return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FA) || c == 0x30FC;
}

}  // namespace

NormalizedText::NormalizedText(Kana kana) : kana_(kana) {
  offsets_.reserve(kOffsetsMax);
  reset();
}

void NormalizedText::reset() {
  held_.clear();
  run_.clear();
  run_source_ = read_ = written_ = 0;
  offsets_.assign(1, {});
  spacing_ = 1;
}

void NormalizedText::feed(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (held_.empty()) {
      const size_t ascii = shown_ascii_prefix(in);
      if (ascii > 1) {
        // The last may be a starter that a mark composes with.
        end_run(out);
        give(in.substr(0, ascii - 1), read_, out);
        read_ += ascii - 1;
        in.remove_prefix(ascii - 1);
      }
      if (const size_t valid = valid_utf8_prefix(in.substr(0, 4)); valid > 0) {
        const size_t length = utf8_sequence_length(static_cast<unsigned char>(in.front()));
        character(first_code_point(in), length, out);
        in.remove_prefix(length);
        continue;
      }
    }
    held_ += in.front();
    in.remove_prefix(1);
    const size_t length = utf8_sequence_length(static_cast<unsigned char>(held_.front()));
    const bool broken =
        length == 0 || (held_.size() > 1 && !utf8_continues(held_, held_.size() - 1));
    if (!broken && held_.size() < length) continue;
    const std::string sequence = std::move(held_);
    held_.clear();
    if (!broken) {
      character(first_code_point(sequence), length, out);
    } else {
      // The byte that doesn't continue begins something of its own.
      const size_t bad = std::max<size_t>(sequence.size() - 1, 1);
      character(0xFFFD, bad, out);
      feed(std::string_view(sequence).substr(bad), out);
    }
  }
}

void NormalizedText::finish(std::string& out) {
  if (!held_.empty()) {
    const size_t bytes = held_.size();
    held_.clear();
    character(0xFFFD, bytes, out);
  }
  end_run(out);
}

void NormalizedText::character(char32_t c, size_t bytes, std::string& out) {
  const uint64_t source = read_;
  read_ += bytes;
  const bool common = is_kana(c) || is_ideograph(c);
  if (!common && has_no_shape(c)) return;
  const bool starts = common || unorm2_hasBoundaryBefore(nfkc(), static_cast<UChar32>(c)) != 0;
  if (starts || run_.size() >= kRunMax) end_run(out);
  if (run_.empty()) run_source_ = source;
  std::array<char16_t, 2> units;
  size_t length = 0;
  U16_APPEND_UNSAFE(units.data(), length, c);
  run_.append(units.data(), length);
}

void NormalizedText::end_run(std::string& out) {
  if (run_.empty()) return;
  std::string utf8;
  if (run_.size() == 1 && (is_kana(run_[0]) || is_ideograph(run_[0]))) {
    append_code_point(kana_ == Kana::kFolded ? fold_kana(run_[0]) : run_[0], utf8);
    run_.clear();
    return give(utf8, run_source_, out);
  }
  UErrorCode error = U_ZERO_ERROR;
  std::array<char16_t, kRunMax * 18 + 18> normal;
  const int32_t size = unorm2_normalize(nfkc(), run_.data(), static_cast<int32_t>(run_.size()),
                                        normal.data(), static_cast<int32_t>(normal.size()), &error);
  SEKISHO_CHECK(U_SUCCESS(error));
  run_.clear();
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U16_NEXT(normal.data(), at, size, c);
    const auto point = static_cast<char32_t>(c);
    if (!has_no_shape(point))
      append_code_point(kana_ == Kana::kFolded ? fold_kana(point) : point, utf8);
  }
  give(utf8, run_source_, out);
}

void NormalizedText::give(std::string_view bytes, uint64_t source, std::string& out) {
  if (bytes.empty()) return;
  const Offset last = offsets_.back();
  // A new one only where the distance changed, and not too near to the last.
  if (source - last.source != written_ - last.out && written_ - last.out >= spacing_) {
    if (offsets_.size() == kOffsetsMax) {
      for (size_t i = 1; i < kOffsetsMax / 2; ++i) offsets_[i] = offsets_[2 * i];
      offsets_.resize(kOffsetsMax / 2);
      spacing_ *= 2;
    }
    offsets_.push_back({written_, source});
  } else if (written_ == 0) {
    offsets_.back() = {0, source};
  }
  out.append(bytes);
  written_ += bytes.size();
}

uint64_t NormalizedText::source_of(uint64_t position) const {
  const auto behind =
      std::upper_bound(offsets_.begin(), offsets_.end(), position,
                       [](uint64_t wanted, const Offset& offset) { return wanted < offset.out; });
  const auto& nearest = behind == offsets_.begin() ? *behind : *(behind - 1);
  const uint64_t guess = nearest.source + (position - nearest.out);
  const uint64_t end = behind == offsets_.end() ? read_ : behind->source;
  return std::min(guess, end);
}

// Three bytes: punctuation but the blank (U+3001 to U+301D), kana but the voiced marks, which
// compose (U+3041 to U+3096, U+30A1 to U+30FE), ideographs (U+4E00 to U+9FFF).
bool is_surely_normal(std::string_view utf8) {
  for (;;) {
    utf8.remove_prefix(shown_ascii_prefix(utf8));
    if (utf8.empty()) return true;
    if (utf8.size() < 3) return false;
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(utf8[i]); };
    const unsigned lead = byte(0);
    const unsigned rest = (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    if ((byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return false;
    const bool punctuation = lead == 0xE3 && rest >= 0x001 && rest <= 0x01D;
    const bool kana =
        lead == 0xE3 && ((rest >= 0x041 && rest <= 0x096) || (rest >= 0x0A1 && rest <= 0x0FE));
    const bool ideograph = lead >= 0xE5 && lead <= 0xE9;
    const bool first_ideographs = lead == 0xE4 && rest >= 0xE00;
    if (!punctuation && !kana && !ideograph && !first_ideographs) return false;
    utf8.remove_prefix(3);
  }
}

std::string normalize(std::string_view utf8, Kana kana) {
  NormalizedText text(kana);
  std::string out;
  text.feed(utf8, out);
  text.finish(out);
  return out;
}

}  // namespace sekisho::codec
