#include "codec/charset_label.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

struct Label {
  std::string_view name;  // letters and digits only
  CharsetKind kind;
  const char* icu_name;
};

constexpr auto kU = CharsetKind::kUtf8;
constexpr auto kIJ = CharsetKind::kIso2022Jp;
constexpr auto kSJ = CharsetKind::kShiftJis;
constexpr auto kEJ = CharsetKind::kEucJp;
constexpr auto kM = CharsetKind::kMultiByte;
constexpr auto kS = CharsetKind::kSingleByte;
// Reads JIS X 0201 kana by SO/SI and by ESC ( I, JIS X 0212, NEC's row 13 and IBM's extensions, and
// all that ISO-2022-JP-2 has: a superset of every form that mail has.
constexpr const char* kJis = "ISO_2022,locale=ja,version=3";
constexpr const char* kWindows31J = "windows-31j";

constexpr std::array kLabels{
    Label{"utf8", kU, ""},
    Label{"usascii", kU, ""},
    Label{"ascii", kU, ""},
    Label{"ansix341968", kU, ""},
    Label{"unicode11utf8", kU, ""},
    Label{"unicode20utf8", kU, ""},
    Label{"xunicode20utf8", kU, ""},
    Label{"cp65001", kU, ""},
    Label{"unknown8bit", kU, ""},
    Label{"8bit", kU, ""},
    Label{"default", kU, ""},
    Label{"xuserdefined", kU, ""},  // any charset that a browser's user had: second_reading() tells
    Label{"xunknown", kU, ""},
    Label{"iso2022jp", kIJ, kJis},
    Label{"iso2022jp1", kIJ, kJis},
    Label{"iso2022jp2", kIJ, kJis},
    Label{"iso2022jp3", kIJ, kJis},
    Label{"iso2022jp2004", kIJ, kJis},
    Label{"iso2022jpms", kIJ, kJis},
    Label{"iso2022jpext", kIJ, kJis},
    Label{"cp50220", kIJ, kJis},
    Label{"cp50221", kIJ, kJis},
    Label{"cp50222", kIJ, kJis},
    Label{"csiso2022jp", kIJ, kJis},
    Label{"csiso2022jp2", kIJ, kJis},
    Label{"jis", kIJ, kJis},
    Label{"jis7", kIJ, kJis},
    Label{"shiftjis", kSJ, kWindows31J},
    Label{"sjis", kSJ, kWindows31J},
    Label{"xsjis", kSJ, kWindows31J},
    Label{"sjiswin", kSJ, kWindows31J},
    Label{"windows31j", kSJ, kWindows31J},
    Label{"cswindows31j", kSJ, kWindows31J},
    Label{"cp932", kSJ, kWindows31J},
    Label{"windows932", kSJ, kWindows31J},
    Label{"ms932", kSJ, kWindows31J},
    Label{"mskanji", kSJ, kWindows31J},
    Label{"csshiftjis", kSJ, kWindows31J},
    Label{"shiftjisx0213", kSJ, kWindows31J},
    Label{"shiftjis2004", kSJ, kWindows31J},
    Label{"eucjp", kEJ, "EUC-JP"},
    Label{"xeucjp", kEJ, "EUC-JP"},
    Label{"xeuc", kEJ, "EUC-JP"},
    Label{"ujis", kEJ, "EUC-JP"},
    Label{"eucjpwin", kEJ, "EUC-JP"},
    Label{"eucjpms", kEJ, "EUC-JP"},
    Label{"eucjpopen", kEJ, "EUC-JP"},
    Label{"cp51932", kEJ, "EUC-JP"},
    Label{"eucjisx0213", kEJ, "EUC-JP"},
    Label{"eucjis2004", kEJ, "EUC-JP"},
    Label{"cseucpkdfmtjapanese", kEJ, "EUC-JP"},
    Label{"extendedunixcodepackedformatforjapanese", kEJ, "EUC-JP"},
    Label{"gb2312", kM, "GB18030"},
    Label{"gbk", kM, "GB18030"},
    Label{"gb18030", kM, "GB18030"},
    Label{"xgbk", kM, "GB18030"},
    Label{"cp936", kM, "GB18030"},
    Label{"euccn", kM, "GB18030"},
    Label{"gb231280", kM, "GB18030"},
    Label{"csgb2312", kM, "GB18030"},
    Label{"csiso58gb231280", kM, "GB18030"},
    Label{"isoir58", kM, "GB18030"},
    Label{"windows936", kM, "GB18030"},
    Label{"ms936", kM, "GB18030"},
    Label{"chinese", kM, "GB18030"},
    Label{"hzgb2312", kM, "HZ-GB-2312"},
    Label{"iso2022cn", kM, "ISO-2022-CN"},
    Label{"big5", kM, "Big5"},
    Label{"chinesebig5", kM, "Big5"},
    Label{"xxbig5", kM, "Big5"},
    Label{"csbig5", kM, "Big5"},
    Label{"cnbig5", kM, "Big5"},
    Label{"big5hkscs", kM, "Big5-HKSCS"},
    Label{"cp950", kM, "windows-950"},
    Label{"windows950", kM, "windows-950"},
    Label{"ms950", kM, "windows-950"},
    Label{"euctw", kM, "EUC-TW"},
    Label{"euckr", kM, "windows-949"},
    Label{"ksc56011987", kM, "windows-949"},
    Label{"ksc5601", kM, "windows-949"},
    Label{"cp949", kM, "windows-949"},
    Label{"uhc", kM, "windows-949"},
    Label{"korean", kM, "windows-949"},
    Label{"cseuckr", kM, "windows-949"},
    Label{"csksc56011987", kM, "windows-949"},
    Label{"isoir149", kM, "windows-949"},
    Label{"ksc56011989", kM, "windows-949"},
    Label{"ms949", kM, "windows-949"},
    Label{"windows949", kM, "windows-949"},
    Label{"iso2022kr", kM, "ISO-2022-KR"},
    Label{"csiso2022kr", kM, "ISO-2022-KR"},
    Label{"iso88591", kS, "windows-1252"},
    Label{"latin1", kS, "windows-1252"},
    Label{"cp819", kS, "windows-1252"},
    Label{"ibm819", kS, "windows-1252"},
    Label{"csisolatin1", kS, "windows-1252"},
    Label{"isoir100", kS, "windows-1252"},
    Label{"iso885911987", kS, "windows-1252"},
    Label{"l1", kS, "windows-1252"},
    Label{"windows1252", kS, "windows-1252"},
    Label{"cp1252", kS, "windows-1252"},
    Label{"xcp1252", kS, "windows-1252"},
    Label{"iso88592", kS, "ISO-8859-2"},
    Label{"latin2", kS, "ISO-8859-2"},
    Label{"csisolatin2", kS, "ISO-8859-2"},
    Label{"isoir101", kS, "ISO-8859-2"},
    Label{"iso885921987", kS, "ISO-8859-2"},
    Label{"l2", kS, "ISO-8859-2"},
    Label{"iso88593", kS, "ISO-8859-3"},
    Label{"csisolatin3", kS, "ISO-8859-3"},
    Label{"isoir109", kS, "ISO-8859-3"},
    Label{"iso885931988", kS, "ISO-8859-3"},
    Label{"l3", kS, "ISO-8859-3"},
    Label{"latin3", kS, "ISO-8859-3"},
    Label{"iso88594", kS, "ISO-8859-4"},
    Label{"csisolatin4", kS, "ISO-8859-4"},
    Label{"isoir110", kS, "ISO-8859-4"},
    Label{"iso885941988", kS, "ISO-8859-4"},
    Label{"l4", kS, "ISO-8859-4"},
    Label{"latin4", kS, "ISO-8859-4"},
    Label{"iso88595", kS, "ISO-8859-5"},
    Label{"csisolatincyrillic", kS, "ISO-8859-5"},
    Label{"cyrillic", kS, "ISO-8859-5"},
    Label{"isoir144", kS, "ISO-8859-5"},
    Label{"iso885951988", kS, "ISO-8859-5"},
    Label{"iso88596", kS, "ISO-8859-6"},
    Label{"arabic", kS, "ISO-8859-6"},
    Label{"asmo708", kS, "ISO-8859-6"},
    Label{"csiso88596e", kS, "ISO-8859-6"},
    Label{"csiso88596i", kS, "ISO-8859-6"},
    Label{"csisolatinarabic", kS, "ISO-8859-6"},
    Label{"ecma114", kS, "ISO-8859-6"},
    Label{"iso88596e", kS, "ISO-8859-6"},
    Label{"iso88596i", kS, "ISO-8859-6"},
    Label{"isoir127", kS, "ISO-8859-6"},
    Label{"iso885961987", kS, "ISO-8859-6"},
    Label{"iso88597", kS, "ISO-8859-7"},
    Label{"csisolatingreek", kS, "ISO-8859-7"},
    Label{"ecma118", kS, "ISO-8859-7"},
    Label{"elot928", kS, "ISO-8859-7"},
    Label{"greek", kS, "ISO-8859-7"},
    Label{"greek8", kS, "ISO-8859-7"},
    Label{"isoir126", kS, "ISO-8859-7"},
    Label{"iso885971987", kS, "ISO-8859-7"},
    Label{"suneugreek", kS, "ISO-8859-7"},
    Label{"iso88598", kS, "ISO-8859-8"},
    Label{"csiso88598e", kS, "ISO-8859-8"},
    Label{"csisolatinhebrew", kS, "ISO-8859-8"},
    Label{"hebrew", kS, "ISO-8859-8"},
    Label{"iso88598e", kS, "ISO-8859-8"},
    Label{"isoir138", kS, "ISO-8859-8"},
    Label{"iso885981988", kS, "ISO-8859-8"},
    Label{"visual", kS, "ISO-8859-8"},
    Label{"csiso88598i", kS, "ISO-8859-8"},
    Label{"logical", kS, "ISO-8859-8"},
    Label{"iso88598i", kS, "ISO-8859-8"},
    Label{"iso88599", kS, "windows-1254"},
    Label{"csisolatin5", kS, "windows-1254"},
    Label{"isoir148", kS, "windows-1254"},
    Label{"iso885991989", kS, "windows-1254"},
    Label{"l5", kS, "windows-1254"},
    Label{"latin5", kS, "windows-1254"},
    Label{"iso885910", kS, "ISO-8859-10"},
    Label{"csisolatin6", kS, "ISO-8859-10"},
    Label{"isoir157", kS, "ISO-8859-10"},
    Label{"l6", kS, "ISO-8859-10"},
    Label{"latin6", kS, "ISO-8859-10"},
    Label{"iso885911", kS, "windows-874"},
    Label{"iso885913", kS, "ISO-8859-13"},
    Label{"iso885914", kS, "ISO-8859-14"},
    Label{"iso885915", kS, "ISO-8859-15"},
    Label{"latin9", kS, "ISO-8859-15"},
    Label{"csisolatin9", kS, "ISO-8859-15"},
    Label{"l9", kS, "ISO-8859-15"},
    Label{"windows874", kS, "windows-874"},
    Label{"dos874", kS, "windows-874"},
    Label{"cp874", kS, "windows-874"},
    Label{"tis620", kS, "windows-874"},
    Label{"windows1250", kS, "windows-1250"},
    Label{"cp1250", kS, "windows-1250"},
    Label{"xcp1250", kS, "windows-1250"},
    Label{"windows1251", kS, "windows-1251"},
    Label{"cp1251", kS, "windows-1251"},
    Label{"xcp1251", kS, "windows-1251"},
    Label{"windows1253", kS, "windows-1253"},
    Label{"cp1253", kS, "windows-1253"},
    Label{"xcp1253", kS, "windows-1253"},
    Label{"windows1254", kS, "windows-1254"},
    Label{"cp1254", kS, "windows-1254"},
    Label{"xcp1254", kS, "windows-1254"},
    Label{"windows1255", kS, "windows-1255"},
    Label{"cp1255", kS, "windows-1255"},
    Label{"xcp1255", kS, "windows-1255"},
    Label{"windows1256", kS, "windows-1256"},
    Label{"cp1256", kS, "windows-1256"},
    Label{"xcp1256", kS, "windows-1256"},
    Label{"windows1257", kS, "windows-1257"},
    Label{"cp1257", kS, "windows-1257"},
    Label{"xcp1257", kS, "windows-1257"},
    Label{"windows1258", kS, "windows-1258"},
    Label{"cp1258", kS, "windows-1258"},
    Label{"xcp1258", kS, "windows-1258"},
    Label{"koi8r", kS, "KOI8-R"},
    Label{"koi8", kS, "KOI8-R"},
    Label{"koi", kS, "KOI8-R"},
    Label{"cskoi8r", kS, "KOI8-R"},
    Label{"koi8u", kS, "KOI8-U"},
    Label{"koi8ru", kS, "KOI8-U"},
    Label{"ibm850", kS, "ibm-850"},
    Label{"cp850", kS, "ibm-850"},
    Label{"cp437", kS, "ibm-437"},
    Label{"ibm437", kS, "ibm-437"},
    Label{"cp866", kS, "ibm-866"},
    Label{"866", kS, "ibm-866"},
    Label{"csibm866", kS, "ibm-866"},
    Label{"ibm866", kS, "ibm-866"},
    Label{"macintosh", kS, "macintosh"},
    Label{"csmacintosh", kS, "macintosh"},
    Label{"mac", kS, "macintosh"},
    Label{"xmacroman", kS, "macintosh"},
    Label{"xmaccyrillic", kS, "x-mac-cyrillic"},
    Label{"xmacukrainian", kS, "x-mac-cyrillic"},
    Label{"utf7", kM, "UTF-7"},
    Label{"unicode11utf7", kM, "UTF-7"},
    Label{"utf16", kM, "UTF-16"},
    Label{"utf16le", kM, "UTF-16LE"},
    Label{"unicode", kM, "UTF-16LE"},
    Label{"csunicode", kM, "UTF-16LE"},
    Label{"iso10646ucs2", kM, "UTF-16LE"},
    Label{"ucs2", kM, "UTF-16LE"},
    Label{"unicodefeff", kM, "UTF-16LE"},
    Label{"utf16be", kM, "UTF-16BE"},
    Label{"unicodefffe", kM, "UTF-16BE"},
    Label{"utf32", kM, "UTF-32"},
    Label{"utf32le", kM, "UTF-32LE"},
    Label{"utf32be", kM, "UTF-32BE"},
};

bool is_label_character(char c) { return is_alpha(c) || is_digit(c); }

bool same_label(std::string_view name, std::string_view written) {
  for (const char c : written) {
    if (!is_label_character(c)) continue;
    if (name.empty() || name.front() != ascii_lower(c)) return false;
    name.remove_prefix(1);
  }
  return name.empty();
}

}  // namespace

Charset find_charset(std::string_view label) {
  if (std::none_of(label.begin(), label.end(), is_label_character)) return {CharsetKind::kUtf8, ""};
  const auto found = std::find_if(kLabels.begin(), kLabels.end(), [&](const Label& known) {
    return same_label(known.name, label);
  });
  return found == kLabels.end() ? Charset{} : Charset{found->kind, found->icu_name};
}

void for_each_icu_charset(void (*use)(const char* icu_name)) {
  for (const Label& label : kLabels)
    if (*label.icu_name != '\0') use(label.icu_name);
}

}  // namespace sekisho::codec
