#include "codec/charset_decoder.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "codec/html_entities.h"

namespace sekisho::codec {
namespace {

// Label in mail → ICU's name; "" is UTF-8 and ASCII, which need no converter.
using Alias = std::pair<std::string_view, const char*>;
constexpr std::array kAliases{
    Alias{"utf-8", ""},
    Alias{"utf8", ""},
    Alias{"us-ascii", ""},
    Alias{"ascii", ""},
    Alias{"ansi_x3.4-1968", ""},
    Alias{"unknown-8bit", ""},
    Alias{"x-unknown", ""},
    Alias{"iso-2022-jp", "ISO-2022-JP"},
    Alias{"iso-2022-jp-1", "ISO-2022-JP-1"},
    Alias{"iso-2022-jp-2", "ISO-2022-JP-2"},
    Alias{"iso-2022-jp-3", "ISO-2022-JP-2"},
    Alias{"iso-2022-jp-ms", "ISO-2022-JP"},
    Alias{"cp50220", "ISO-2022-JP"},
    Alias{"cp50221", "ISO-2022-JP"},
    Alias{"cp50222", "ISO-2022-JP"},
    Alias{"csiso2022jp", "ISO-2022-JP"},
    Alias{"shift_jis", "windows-31j"},
    Alias{"shift-jis", "windows-31j"},
    Alias{"sjis", "windows-31j"},
    Alias{"x-sjis", "windows-31j"},
    Alias{"windows-31j", "windows-31j"},
    Alias{"cp932", "windows-31j"},
    Alias{"ms932", "windows-31j"},
    Alias{"ms_kanji", "windows-31j"},
    Alias{"csshiftjis", "windows-31j"},
    Alias{"shift_jisx0213", "windows-31j"},
    Alias{"shift_jis-2004", "windows-31j"},
    Alias{"euc-jp", "EUC-JP"},
    Alias{"eucjp", "EUC-JP"},
    Alias{"x-euc-jp", "EUC-JP"},
    Alias{"ujis", "EUC-JP"},
    Alias{"eucjp-win", "EUC-JP"},
    Alias{"eucjp-ms", "EUC-JP"},
    Alias{"cp51932", "EUC-JP"},
    Alias{"gb2312", "GB18030"},
    Alias{"gbk", "GB18030"},
    Alias{"gb18030", "GB18030"},
    Alias{"x-gbk", "GB18030"},
    Alias{"cp936", "GB18030"},
    Alias{"euc-cn", "GB18030"},
    Alias{"gb_2312-80", "GB18030"},
    Alias{"chinesebig5", "Big5"},
    Alias{"hz-gb-2312", "HZ-GB-2312"},
    Alias{"iso-2022-cn", "ISO-2022-CN"},
    Alias{"big5", "Big5"},
    Alias{"big5-hkscs", "Big5-HKSCS"},
    Alias{"cp950", "windows-950"},
    Alias{"x-x-big5", "Big5"},
    Alias{"euc-tw", "EUC-TW"},
    Alias{"euc-kr", "windows-949"},
    Alias{"ks_c_5601-1987", "windows-949"},
    Alias{"ks_c_5601", "windows-949"},
    Alias{"cp949", "windows-949"},
    Alias{"korean", "windows-949"},
    Alias{"windows-949", "windows-949"},
    Alias{"iso-2022-kr", "ISO-2022-KR"},
    Alias{"iso-8859-1", "windows-1252"},
    Alias{"latin1", "windows-1252"},
    Alias{"latin-1", "windows-1252"},
    Alias{"iso8859-1", "windows-1252"},
    Alias{"windows-1252", "windows-1252"},
    Alias{"cp1252", "windows-1252"},
    Alias{"iso-8859-2", "ISO-8859-2"},
    Alias{"iso8859-2", "ISO-8859-2"},
    Alias{"iso-8859-3", "ISO-8859-3"},
    Alias{"iso-8859-4", "ISO-8859-4"},
    Alias{"iso-8859-5", "ISO-8859-5"},
    Alias{"iso-8859-6", "ISO-8859-6"},
    Alias{"iso-8859-7", "ISO-8859-7"},
    Alias{"iso-8859-8", "ISO-8859-8"},
    Alias{"iso-8859-8-i", "ISO-8859-8"},
    Alias{"iso-8859-9", "windows-1254"},
    Alias{"iso-8859-10", "ISO-8859-10"},
    Alias{"iso-8859-11", "windows-874"},
    Alias{"iso-8859-13", "ISO-8859-13"},
    Alias{"iso-8859-14", "ISO-8859-14"},
    Alias{"iso-8859-15", "ISO-8859-15"},
    Alias{"iso8859-15", "ISO-8859-15"},
    Alias{"latin-9", "ISO-8859-15"},
    Alias{"windows-874", "windows-874"},
    Alias{"tis-620", "windows-874"},
    Alias{"windows-1250", "windows-1250"},
    Alias{"cp1250", "windows-1250"},
    Alias{"windows-1251", "windows-1251"},
    Alias{"cp1251", "windows-1251"},
    Alias{"windows-1253", "windows-1253"},
    Alias{"windows-1254", "windows-1254"},
    Alias{"windows-1255", "windows-1255"},
    Alias{"windows-1256", "windows-1256"},
    Alias{"windows-1257", "windows-1257"},
    Alias{"windows-1258", "windows-1258"},
    Alias{"koi8-r", "KOI8-R"},
    Alias{"koi8-u", "KOI8-U"},
    Alias{"koi8-ru", "KOI8-U"},
    Alias{"ibm850", "ibm-850"},
    Alias{"cp850", "ibm-850"},
    Alias{"cp437", "ibm-437"},
    Alias{"ibm437", "ibm-437"},
    Alias{"cp866", "ibm-866"},
    Alias{"ibm866", "ibm-866"},
    Alias{"macintosh", "macintosh"},
    Alias{"x-mac-roman", "macintosh"},
    Alias{"utf-7", "UTF-7"},
    Alias{"unicode-1-1-utf-7", "UTF-7"},
    Alias{"utf-16", "UTF-16"},
    Alias{"utf-16le", "UTF-16LE"},
    Alias{"utf-16be", "UTF-16BE"},
    Alias{"utf-32", "UTF-32"},
    Alias{"utf-32le", "UTF-32LE"},
    Alias{"utf-32be", "UTF-32BE"},
};

void on_bad_bytes(const void* context, UConverterToUnicodeArgs* args, const char*, int32_t,
                  UConverterCallbackReason reason, UErrorCode* error) {
  if (reason > UCNV_IRREGULAR) return;
  ++*static_cast<size_t*>(const_cast<void*>(context));
  *error = U_ZERO_ERROR;
  const UChar replacement = 0xFFFD;
  ucnv_cbToUWriteUChars(args, &replacement, 1, 0, error);
}

using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter open_converter(const char* name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter made(ucnv_open(name, &error));
  if (U_FAILURE(error)) made.reset();
  return made;
}

const Alias* find_alias(std::string_view label) {
  const auto found = std::find_if(kAliases.begin(), kAliases.end(), [&](const Alias& alias) {
    return equals_ignore_case(alias.first, label);
  });
  return found == kAliases.end() ? nullptr : &*found;
}

std::string_view clean_label(std::string_view label) {
  label = trim(label);
  while (!label.empty() && (label.front() == '"' || label.front() == '\'')) label.remove_prefix(1);
  while (!label.empty() && (label.back() == '"' || label.back() == '\'' || label.back() == ';'))
    label.remove_suffix(1);
  return label;
}

// Bytes of the UTF-8 sequence that begins with `lead`; 0 when none does.
size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

bool is_continuation(std::string_view sequence, size_t at) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  const auto byte = static_cast<unsigned char>(sequence[at]);
  unsigned low = 0x80, high = 0xBF;
  if (at == 1) {  // no overlong forms, surrogates or code points over U+10FFFF (RFC 3629 §4)
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  return byte >= low && byte <= high;
}

}  // namespace

void CloseConverter::operator()(UConverter* converter) const { ucnv_close(converter); }

// ICU keeps the tables of an open converter: these stay open, so that later ones read no file.
void open_common_charsets() {
  static std::vector<Converter> open;
  if (!open.empty()) return;
  open.push_back(open_converter("UTF-8"));
  for (const Alias& alias : kAliases)
    if (*alias.second != '\0') open.push_back(open_converter(alias.second));
}

void CharsetDecoder::reset(std::string_view label) {
  label = clean_label(label);
  const Alias* alias = find_alias(label);
  known_ = alias != nullptr || label.empty();
  const char* name = alias != nullptr ? alias->second : "";
  if (name != name_) {
    name_ = name;
    from_ = *name != '\0' ? open_converter(name) : nullptr;
    if (from_ != nullptr && to_ == nullptr) to_ = open_converter("UTF-8");
  }
  replaced_ = 0;
  held_.clear();
  pivot_source_ = pivot_target_ = pivot_.data();
  if (from_ == nullptr) return;
  ucnv_reset(from_.get());
  ucnv_reset(to_.get());
  UErrorCode error = U_ZERO_ERROR;
  UConverterToUCallback old_call = nullptr;
  const void* old_context = nullptr;
  ucnv_setToUCallBack(from_.get(), on_bad_bytes, &replaced_, &old_call, &old_context, &error);
}

void CharsetDecoder::feed(std::string_view in, std::string& utf8_out) {
  if (from_ == nullptr) return feed_utf8(in, utf8_out);
  convert(in, false, utf8_out);
}

void CharsetDecoder::finish(std::string& utf8_out) {
  if (from_ == nullptr) return take_held(utf8_out, true);
  convert("", true, utf8_out);  // ICU takes no null pointer
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

void CharsetDecoder::bad_byte(unsigned char byte, std::string& out) {
  ++replaced_;
  append_code_point(byte < 0xA0 ? kWindows1252[byte - 0x80u] : byte, out);
}

void CharsetDecoder::feed_utf8(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (held_.empty()) {
      const auto ascii = std::find_if(in.begin(), in.end(), [](char c) { return c < 0; });
      out.append(in.begin(), ascii);
      in.remove_prefix(static_cast<size_t>(ascii - in.begin()));
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
    const size_t length = sequence_length(static_cast<unsigned char>(held_[0]));
    size_t good = 1;
    while (good < held_.size() && good < length && is_continuation(held_, good)) ++good;
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
