#include "codec/charset_witness.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::codec {
namespace {

std::string witness(std::string_view label, const std::vector<std::string_view>& chunks) {
  CharsetWitness witness;
  for (const auto chunk : chunks) witness.feed(chunk);
  return std::string(witness.second_reading(label));
}

struct Row {
  const char* name;
  std::string_view label, bytes, second;
};

constexpr std::string_view kUtf8 = "会議は木曜日です";
constexpr std::string_view kJis = "\x1B$B2q5D$O\x1B(B";
constexpr std::string_view kShiftJis = "\x89\xEF\x8B\x63\x82\xCD\x96\xD8\x82\xC5\x82\xB7";
constexpr std::string_view kEucJp = "\xB2\xF1\xB5\xC4\xA4\xCF\xCC\xDA\xA4\xC7\xA4\xB9";

const Row kRows[] = {
    {"plain_ascii", "us-ascii", "hello", ""},
    {"utf8_as_utf8", "utf-8", kUtf8, ""},
    {"utf8_as_ascii_is_read_so_anyway", "us-ascii", kUtf8, ""},
    {"utf8_as_shift_jis", "shift_jis", kUtf8, "utf-8"},
    {"utf8_as_iso2022jp", "iso-2022-jp", kUtf8, "utf-8"},
    {"utf8_as_latin1", "iso-8859-1", kUtf8, "utf-8"},
    {"utf8_cut_in_a_character", "utf-8", kUtf8.substr(0, 5), ""},
    {"jis_as_ascii", "us-ascii", kJis, "iso-2022-jp"},
    {"jis_without_label", "", kJis, "iso-2022-jp"},
    {"jis_as_shift_jis", "shift_jis", kJis, "iso-2022-jp"},
    {"jis_kana_as_ascii", "us-ascii", "\x1B(IC=D\x1B(B", "iso-2022-jp"},
    {"jis_as_jis", "cp50221", kJis, ""},
    {"ansi_colours_are_no_jis", "us-ascii", "\x1B[1mbold\x1B(B", ""},
    {"shift_jis_as_iso2022jp", "iso-2022-jp", kShiftJis, "shift_jis"},
    {"shift_jis_as_utf8", "utf-8", kShiftJis, "shift_jis"},
    {"shift_jis_unlabelled", "", kShiftJis, "shift_jis"},
    {"shift_jis_as_euc_jp", "euc-jp", kShiftJis, "shift_jis"},
    {"shift_jis_as_latin1", "iso-8859-1", kShiftJis, "shift_jis"},
    {"shift_jis_under_an_unknown_label", "x-klingon", kShiftJis, "shift_jis"},
    {"shift_jis_user_defined", "x-user-defined", kShiftJis, "shift_jis"},
    {"shift_jis_as_itself", "cp932", kShiftJis, ""},
    {"euc_jp_as_shift_jis", "shift_jis", kEucJp, "euc-jp"},
    {"euc_jp_unlabelled", "", kEucJp, "euc-jp"},
    {"euc_jp_as_itself", "euc-jp", kEucJp, ""},
    {"kana_in_a_chinese_text", "gb18030", "\xC4\xCF\xD2\xB0\xA5\xE0\xA5\xEB\xA5\xB7\xA5\xA8", ""},
    {"hangul_letters", "euc-kr", "\xC5\xD7\xBD\xBA\xC6\xAE\xA4\xBB\xA4\xBB", ""},
    {"latin1_is_no_japanese", "", "caf\xE9 d\xE9j\xE0 vu, na\xEFve", ""},
    {"latin1_as_utf8", "utf-8",
     "Stra\xDF"
     "e, \xFC"
     "ber",
     ""},
    {"koi8_is_no_japanese", "koi8-r", "\xD0\xD2\xC9\xD7\xC5\xD4 \xCD\xC9\xD2", ""},
    {"utf16_with_a_mark", "utf-8",
     "\xFF\xFE"
     "a",
     "utf-16le"},
    {"utf16_without_a_mark", "utf-8", std::string_view("<\0h\0t\0m\0l\0>\0B0", 14), "utf-16le"},
    {"utf16_of_the_other_order", "utf-16le", std::string_view("\0<\0h\0t\0m\0l\0>", 12),
     "utf-16be"},
    {"utf16_that_says_no_order", "utf-16", "\x42\x30\x44\x30", "utf-16le"},
    {"utf16_with_a_mark_as_itself", "utf-16", "\xFF\xFE\x42\x30", ""},
    {"nuls_in_plain_text", "us-ascii", std::string_view("a\0b\0c\0\0\0\0defghijkl", 18), ""},
};

TEST(CharsetWitness, NamesTheOtherReadingHoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(witness(row.label, {row.bytes}), row.second);
    expect_same_for_every_split(row.bytes,
                                [&](const auto& chunks) { return witness(row.label, chunks); });
  }
}

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

TEST(CharsetWitness, OneBadByteInALongTextChangesNothing) {
  const std::string utf8 = repeated(kUtf8, 50);
  for (const std::string& text : {utf8 + "\xFF" + utf8, utf8 + "\xE4\xBC" + utf8}) {
    EXPECT_EQ(witness("shift_jis", {text}), "utf-8");
    EXPECT_EQ(witness("iso-8859-1", {text}), "utf-8");
    EXPECT_EQ(witness("utf-8", {text}), "");
    expect_same_for_every_split(std::string_view(text).substr(utf8.size() - 9, 24),
                                [](const auto& chunks) { return witness("shift_jis", chunks); });
  }
  EXPECT_EQ(witness("utf-8", {repeated(kShiftJis, 50) + "\xFF" + repeated(kShiftJis, 50)}),
            "shift_jis");
  EXPECT_EQ(witness("utf-8", {repeated(kUtf8, 3) + repeated(kShiftJis, 50)}), "shift_jis");
}

}  // namespace
}  // namespace sekisho::codec
