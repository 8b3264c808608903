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

bool has_no_shape(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

// Kana and ideographs that NFKC leaves alone and nothing composes with but the voiced marks: what
// nearly all Japanese text is made of.
bool is_plain_ideograph(char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; }

}  // namespace

NormalizedText::NormalizedText() {
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
      const size_t ascii = ascii_prefix(in);
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
  if (has_no_shape(c)) return;
  const bool starts =
      is_plain_ideograph(c) || unorm2_hasBoundaryBefore(nfkc(), static_cast<UChar32>(c)) != 0;
  if (starts || run_.size() >= kRunMax) end_run(out);
  if (run_.empty()) run_source_ = source;
  std::array<char16_t, 2> units;
  size_t length = 0;
  U16_APPEND_UNSAFE(units.data(), length, c);
  run_.append(units.data(), length);
}

void NormalizedText::end_run(std::string& out) {
  if (run_.empty()) return;
  UErrorCode error = U_ZERO_ERROR;
  std::array<char16_t, kRunMax * 18 + 18> normal;
  const int32_t size = unorm2_normalize(nfkc(), run_.data(), static_cast<int32_t>(run_.size()),
                                        normal.data(), static_cast<int32_t>(normal.size()), &error);
  SEKISHO_CHECK(U_SUCCESS(error));
  run_.clear();
  std::string utf8;
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U16_NEXT(normal.data(), at, size, c);
    if (!has_no_shape(static_cast<char32_t>(c)))
      append_code_point(fold_kana(static_cast<char32_t>(c)), utf8);
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

std::string normalize(std::string_view utf8) {
  NormalizedText text;
  std::string out;
  text.feed(utf8, out);
  text.finish(out);
  return out;
}

}  // namespace sekisho::codec
