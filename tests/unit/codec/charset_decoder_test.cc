#include "codec/charset_decoder.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::codec {
namespace {

using namespace std::string_view_literals;

std::string decode(std::string_view label, const std::vector<std::string_view>& chunks) {
  CharsetDecoder decoder;
  decoder.reset(label);
  std::string out;
  for (const auto chunk : chunks) decoder.feed(chunk, out);
  decoder.finish(out);
  return out + "|" + (decoder.known() ? "known" : "unknown") + "|" +
         std::to_string(decoder.replaced());
}

struct Row {
  const char* name;
  std::string_view label, in;
  std::string out;
};

const Row kRows[] = {
    {"utf8", "utf-8", "\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88", "テスト|known|0"},
    {"utf8_quoted_label", "\"UTF-8\"", "a", "a|known|0"},
    {"no_label_utf8", "", "caf\xC3\xA9", "café|known|0"},
    {"no_label_latin1", "", "caf\xE9", "café|known|1"},
    {"ascii_with_8bit", "us-ascii", "\x93x\x94", "“x”|known|2"},
    {"unknown_label", "klingon", "caf\xE9 \xC3\xA9", "café é|unknown|1"},
    {"truncated_utf8", "utf-8", "a\xE3\x83", "aãƒ|known|2"},
    {"overlong_utf8", "utf-8", "\xC0\xAF", "À¯|known|2"},
    {"iso2022jp", "ISO-2022-JP", "\x1B$B%F%9%H\x1B(B 1", "テスト 1|known|0"},
    {"cp50221_alias", "cp50221", "\x1B$B%F\x1B(B", "テ|known|0"},
    {"iso2022jp_nec_and_ibm_extensions", "iso-2022-jp-ms", "\x1B$B-!-j|r\x1B(B", "①㈱ⅱ|known|0"},
    {"iso2022jp_half_width_by_escape", "cp50221", "\x1B(IC=D\x1B(B", "ﾃｽﾄ|known|0"},
    {"iso2022jp_half_width_by_shift", "cp50222",
     "\x0E"
     "C=D\x0F"
     "a",
     "ﾃｽﾄa|known|0"},
    {"iso2022jp_jisx0212", "iso-2022-jp-1", "\x1B$(D0!\x1B(B", "丂|known|0"},
    {"iso2022jp_2_has_korean", "iso-2022-jp-2", "\x1B$(CEW\x1B(B", "테|known|0"},
    {"iso2022jp_3_by_its_0208_part", "iso-2022-jp-3", "\x1B$(O%F\x1B(B", "テ|known|0"},
    {"iso2022jp_old_escapes", "iso-2022-jp", "\x1B$@%F\x1B(H1\x1B&@\x1B$B%9\x1B(B",
     "テ1ス|known|0"},
    {"iso2022jp_line_ends_in_kanji", "iso-2022-jp", "\x1B$B%F\r\nplain", "テ\r\nplain|known|0"},
    {"iso2022jp_cut_in_an_escape", "iso-2022-jp", "a\x1B$(", "a\xEF\xBF\xBD|known|1"},
    {"shift_jis_controls_stay", "shift_jis", "\xC3\x1A\x1C\x7F\xC3", "ﾃ\x1A\x1C\x7Fﾃ|known|0"},
    {"ibm850_controls_stay", "cp850", "\x82\x1A\x1C\x7F", "é\x1A\x1C\x7F|known|0"},
    {"shift_jis_ibm_extension", "ms932", "\xFB\xFC", "髙|known|0"},
    {"euc_jp_half_width", "euc-jp", "\x8E\xC3", "ﾃ|known|0"},
    {"euc_jp_jisx0212", "euc-jp", "\x8F\xB0\xA1", "丂|known|0"},
    {"euc_jp_ms_extension", "eucjp-ms", "\x8F\xF4\xE5|", "郞||known|0"},
    {"label_by_letters_only", "ISO_8859-1:", "\xE9", "é|known|0"},
    {"user_defined_is_utf8", "x-user-defined", "\xE3\x83\x86", "テ|known|0"},
    {"windows_1251", "windows-1251", "\xF2\xE5\xF1\xF2", "тест|known|0"},
    {"utf32le", "utf-32le", "a\0\0\0\xC6\x30\0\0"sv, "aテ|known|0"},
    {"big5_hkscs", "big5-hkscs", "\xB4\xFA", "測|known|0"},
    {"hz", "hz-gb-2312", "~{2bJT~}", "测试|known|0"},
    {"long_ascii_then_shift_jis", "shift_jis", "0123456789abcdefghij\x83\x5C|",
     "0123456789abcdefghijソ||known|0"},
    {"shift_jis", "Shift_JIS", "\x83\x65\x83\x58\x83\x67", "テスト|known|0"},
    {"shift_jis_windows_extension", "shift_jis", "\x87\x40", "①|known|0"},
    {"shift_jis_half_width", "cp932", "\xC3\xBD\xC4", "ﾃｽﾄ|known|0"},
    {"euc_jp", "eucjp-win", "\xA5\xC6\xA5\xB9\xA5\xC8", "テスト|known|0"},
    {"gb18030", "gb2312", "\xB2\xE2\xCA\xD4", "测试|known|0"},
    {"big5", "big5", "\xB4\xFA\xB8\xD5", "測試|known|0"},
    {"euc_kr", "ks_c_5601-1987", "\xC5\xD7\xBD\xBA\xC6\xAE", "테스트|known|0"},
    {"gb18030_of_four_bytes", "GB18030", "\x81\x30\x81\x30 \x95\x32\x82\x36",
     "\xC2\x80 𠀀|known|0"},
    {"koi8_u", "koi8-u", "\xA4 \xD4", "є т|known|0"},
    {"cp50220", "cp50220", "\x1B$B-!\x1B(B", "①|known|0"},
    {"cp949_beyond_euc_kr", "euc-kr", "\x81\x41", "갂|known|0"},
    {"big5_windows", "cp950", "\xF9\xD6", "碁|known|0"},
    {"utf32be", "utf-32be", "\0\0\0a\0\0\x30\xC6"sv, "aテ|known|0"},
    {"utf32_with_mark", "utf-32", "\xFF\xFE\0\0\xC6\x30\0\0"sv, "テ|known|0"},
    {"utf16_with_little_mark", "utf-16", "\xFF\xFE\xC6\x30"sv, "テ|known|0"},
    {"utf16_surrogates", "utf-16be", "\xD8\x40\xDC\x0B"sv, "𠀋|known|0"},
    {"utf7_with_ascii_around", "utf-7", "a+-b +MMYwuTDI-.", "a+b テスト.|known|0"},
    {"koi8_r", "koi8-r", "\xD4\xC5\xD3\xD4", "тест|known|0"},
    {"latin1_is_windows_1252", "iso-8859-1", "\x80 \xE9", "€ é|known|0"},
    {"iso_8859_15", "iso-8859-15", "\xA4", "€|known|0"},
    {"utf16le", "utf-16le", "a\0\xC6\x30"sv, "aテ|known|0"},
    {"utf16_with_mark", "utf-16", "\xFE\xFF\x30\xC6"sv, "テ|known|0"},
    {"utf7", "utf-7", "+MMY-", "テ|known|0"},
};

TEST(CharsetDecoder, GivesUtf8HoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(decode(row.label, {row.in}), row.out);
    expect_same_for_every_split(row.in,
                                [&](const auto& chunks) { return decode(row.label, chunks); });
  }
}

TEST(CharsetDecoder, BadBytesAreReplacedAndCounted) {
  EXPECT_EQ(decode("shift_jis", {"a\x81"}), "a\xEF\xBF\xBD|known|1");
  EXPECT_EQ(decode("euc-jp", {"\xA5\xFFz"}).substr(0, 3), "\xEF\xBF\xBD");
}

TEST(CharsetDecoder, TwoDecodersOfOneCharsetDontDisturbEachOther) {
  CharsetDecoder one, two;
  one.reset("iso-2022-jp");
  two.reset("iso-2022-jp");
  std::string a, b;
  one.feed("\x1B$B%F", a);
  two.feed("plain", b);
  one.feed("%9\x1B(B", a);
  one.finish(a);
  two.finish(b);
  EXPECT_EQ(a, "テス");
  EXPECT_EQ(b, "plain");
}

}  // namespace
}  // namespace sekisho::codec
