#include "codec/charset_decoder.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "codec/byte_scan.h"
#include "codec/charset_label.h"
#include "codec/html_entities.h"
#include "codec/utf8.h"

namespace sekisho::codec {
namespace {

constexpr const char* kEucJpExtensions = "ibm-33722_P12A_P12A-2009_U2";

// IBM's tables exchange three controls, as old terminals did; mail means ASCII.
bool moves_controls(UConverter* converter) {
  UErrorCode error = U_ZERO_ERROR;
  UChar made = 0;
  ucnv_toUChars(converter, &made, 1, "\x7F", 1, &error);
  return made == 0x1A;
}

void move_controls_back(std::string& text, size_t from) {
  for (size_t at = from; at < text.size(); ++at) {
    char& c = text[at];
    c = c == '\x1A' ? '\x7F' : c == '\x7F' ? '\x1C' : c == '\x1C' ? '\x1A' : c;
  }
}

// EUC-JP-MS has IBM's extensions in the rows 0x8FF3 and 0x8FF4, which ICU's EUC-JP lacks.
bool read_by_second(UConverter* second, const char* bytes, int32_t length,
                    UConverterToUnicodeArgs* args, UErrorCode* error) {
  if (second == nullptr || length != 3) return false;
  std::array<UChar, 4> made;
  UErrorCode failure = U_ZERO_ERROR;
  const int32_t units = ucnv_toUChars(second, made.data(), made.size(), bytes, length, &failure);
  if (U_FAILURE(failure) || units < 1 || made[0] == 0xFFFD || made[0] == 0x1A) return false;
  *error = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(args, made.data(), units, 0, error);
  return true;
}

void on_bad_bytes(const void* context, UConverterToUnicodeArgs* args, const char* bytes,
                  int32_t length, UConverterCallbackReason reason, UErrorCode* error) {
  if (reason > UCNV_IRREGULAR) return;
  auto* decoder = static_cast<CharsetDecoder*>(const_cast<void*>(context));
  if (read_by_second(decoder->second_converter(), bytes, length, args, error)) return;
  decoder->count_replaced();
  *error = U_ZERO_ERROR;
  const UChar replacement = 0xFFFD;
  ucnv_cbToUWriteUChars(args, &replacement, 1, 0, error);
}

using Converter = std::unique_ptr<UConverter, ReturnConverter>;

struct Spare {
  const char* name;
  UConverter* converter;
};
// Without a destructor, so that decoders of any lifetime may use it.
thread_local std::array<Spare, kSpareConvertersMax> spares{};

UConverter* take_spare(std::string_view name) {
  for (Spare& spare : spares)
    if (spare.converter != nullptr && spare.name == name)
      return std::exchange(spare.converter, nullptr);
  return nullptr;
}

// `name` is one of charset_label.h's, which live for ever.
Converter open_converter(const char* name) {
  if (UConverter* spare = take_spare(name)) return Converter(spare, {name});
  UErrorCode error = U_ZERO_ERROR;
  Converter made(ucnv_open(name, &error), {name});
  if (U_FAILURE(error)) made.reset();
  return made;
}

}  // namespace

void ReturnConverter::operator()(UConverter* converter) const {
  for (Spare& spare : spares) {
    if (spare.converter != nullptr) continue;
    spare = {name, converter};
    return;
  }
  // The one that came first goes.
  ucnv_close(spares[0].converter);
  std::move(spares.begin() + 1, spares.end(), spares.begin());
  spares.back() = {name, converter};
}

// ICU keeps the tables of an open converter: these stay open, so that later ones read no file.
void open_common_charsets() {
  static std::vector<UConverter*>* opened = nullptr;  // lives as long as the process
  if (opened != nullptr) return;
  opened = new std::vector<UConverter*>;
  const auto open = [](const char* name) {
    UErrorCode error = U_ZERO_ERROR;
    opened->push_back(ucnv_open(name, &error));
  };
  open("UTF-8");
  open(kEucJpExtensions);
  for_each_icu_charset(open);
}

void CharsetDecoder::reset(std::string_view label) {
  const Charset charset = find_charset(label);
  known_ = charset.kind != CharsetKind::kUnknown;
  jis_ = charset.kind == CharsetKind::kIso2022Jp;
  ascii_is_itself_ = charset.kind == CharsetKind::kSingleByte ||
                     charset.kind == CharsetKind::kShiftJis || charset.kind == CharsetKind::kEucJp;
  if (charset.icu_name != name_) {
    name_ = charset.icu_name;
    from_ = !name_.empty() ? open_converter(charset.icu_name) : nullptr;
    second_ = charset.kind == CharsetKind::kEucJp ? open_converter(kEucJpExtensions) : nullptr;
    moves_controls_ = from_ != nullptr && ascii_is_itself_ && moves_controls(from_.get());
    if (from_ != nullptr && to_ == nullptr) to_ = open_converter("UTF-8");
  }
  replaced_ = 0;
  held_.clear();
  escapes_.reset();
  pivot_source_ = pivot_target_ = pivot_.data();
  if (from_ == nullptr) return;
  ucnv_reset(from_.get());
  ucnv_reset(to_.get());
  UErrorCode error = U_ZERO_ERROR;
  UConverterToUCallback old_call = nullptr;
  const void* old_context = nullptr;
  ucnv_setToUCallBack(from_.get(), on_bad_bytes, this, &old_call, &old_context, &error);
}

void CharsetDecoder::feed(std::string_view in, std::string& utf8_out) {
  if (from_ == nullptr) return feed_utf8(in, utf8_out);
  if (ascii_is_itself_) return feed_with_ascii(in, utf8_out);
  if (!jis_) return convert(in, false, utf8_out);
  held_.clear();
  escapes_.feed(in, held_);
  convert(held_, false, utf8_out);
}

void CharsetDecoder::finish(std::string& utf8_out) {
  if (from_ == nullptr) return take_held(utf8_out, true);
  held_.clear();
  escapes_.finish(held_);
  convert(held_, true, utf8_out);  // never a null pointer, which ICU doesn't take
  held_.clear();
}

void CharsetDecoder::convert(std::string_view in, bool last, std::string& out) {
  const char* source = in.data();
  const char* source_end = source + in.size();
  std::array<char, 4096> block;
  for (;;) {
    char* target = block.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_convertEx(to_.get(), from_.get(), &target, block.data() + block.size(), &source,
                   source_end, pivot_.data(), &pivot_source_, &pivot_target_,
                   pivot_.data() + pivot_.size(), 0, last, &error);
    out.append(block.data(), static_cast<size_t>(target - block.data()));
    if (error == U_BUFFER_OVERFLOW_ERROR) continue;
    if (error == U_TRUNCATED_CHAR_FOUND) {
      ++replaced_;
      return append_code_point(0xFFFD, out);
    }
    if (U_SUCCESS(error) || source == source_end) return;
  }
}

// Between characters, ASCII needs no converter.
void CharsetDecoder::feed_with_ascii(std::string_view in, std::string& out) {
  constexpr size_t kPieceBytes = 256;
  while (!in.empty()) {
    UErrorCode error = U_ZERO_ERROR;
    if (ucnv_toUCountPending(from_.get(), &error) == 0) {
      const size_t ascii = ascii_prefix(in);
      out.append(in.substr(0, ascii));
      in.remove_prefix(ascii);
    }
    const size_t before = out.size();
    convert(in.substr(0, kPieceBytes), false, out);
    if (moves_controls_) move_controls_back(out, before);
    in.remove_prefix(std::min(kPieceBytes, in.size()));
  }
}

void CharsetDecoder::bad_byte(unsigned char byte, std::string& out) {
  ++replaced_;
  append_code_point(byte < 0xA0 ? kWindows1252[byte - 0x80u] : byte, out);
}

void CharsetDecoder::feed_utf8(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (held_.empty()) {
      const size_t valid = valid_utf8_prefix(in);
      out.append(in.substr(0, valid));
      in.remove_prefix(valid);
      if (in.empty()) return;
    }
    held_ += in.front();
    in.remove_prefix(1);
    take_held(out, false);
  }
}

// Gives out what is whole or surely broken; keeps the begin of a sequence unless it is the `last`.
void CharsetDecoder::take_held(std::string& out, bool last) {
  while (!held_.empty()) {
    const size_t length = utf8_sequence_length(static_cast<unsigned char>(held_[0]));
    size_t good = 1;
    while (good < held_.size() && good < length && utf8_continues(held_, good)) ++good;
    if (length != 0 && good == length) {
      out.append(held_, 0, length);
      held_.erase(0, length);
    } else if (length != 0 && good == held_.size() && !last) {
      return;
    } else {
      bad_byte(static_cast<unsigned char>(held_[0]), out);
      held_.erase(0, 1);
    }
  }
}

}  // namespace sekisho::codec
