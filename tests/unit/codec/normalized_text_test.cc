#include "codec/normalized_text.h"

#include <gtest/gtest.h>

#include "codec/utf8.h"
#include "every_split.h"

namespace sekisho::codec {
namespace {

std::string run(const std::vector<std::string_view>& chunks) {
  NormalizedText text;
  std::string out;
  for (const auto chunk : chunks) text.feed(chunk, out);
  text.finish(out);
  const size_t size = out.size();
  for (size_t at = 0; at <= size; ++at) out += " " + std::to_string(text.source_of(at));
  return out;
}

struct Row {
  const char* name;
  std::string_view in, out;
};

const Row kRows[] = {
    {"ascii", "Hello, 1", "Hello, 1"},
    {"full_width_letters", "Ｖｉａｇｒａ　１", "Viagra 1"},
    {"half_width_kana_with_marks", "ﾊﾟﾁﾝｺ ｶﾞ", "ぱちんこ が"},
    {"katakana_is_hiragana", "パチンコ ヴ ー", "ぱちんこ ゔ ー"},
    {"ideographs_stay", "会議は木曜日", "会議は木曜日"},
    {"compatibility_forms", "①㈱ﬁ℡", "1(株)fiTEL"},
    {"zero_width_goes",
     "v\xE2\x80\x8Bi\xE2\x80\x8D\xEF\xBB\xBF"
     "a",
     "via"},
    {"bidi_controls_go",
     "\xE2\x80\xAE"
     "gpj\xE2\x80\xAC.exe\xE2\x81\xA6",
     "gpj.exe"},
    {"soft_hyphen_and_selectors_go",
     "a\xC2\xAD"
     "b\xEF\xB8\x8F",
     "ab"},
    {"controls_go",
     std::string_view("v\0i\x01\x08\x0E\x1F\x7F"
                      "a\xC2\x80\xC2\x9Fg\0",
                      15),
     "viag"},
    {"a_long_run_with_controls", std::string_view("0123456789abcdef0123\0004567", 25),
     "0123456789abcdef01234567"},
    {"white_space_stays", "a\tb\nc\rd\fe\vf\xC2\x85g", "a\tb\nc\rd\fe\vf\xC2\x85g"},
    {"marks_compose", "e\xCC\x81 cafe\xCC\x81", "é café"},
    {"marks_over_a_taken_out_character", "e\xE2\x80\x8B\xCC\x81", "é"},
    {"hangul", "\xE1\x84\x80\xE1\x85\xA1", "가"},
    {"bad_bytes",
     "a\xE3\x83"
     "b\xFF",
     "a\xEF\xBF\xBD"
     "b\xEF\xBF\xBD"},
    {"cut_off", "a\xE3\x83", "a\xEF\xBF\xBD"},
    {"emoji", "😀x", "😀x"},
};

TEST(NormalizedText, FoldsHoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(normalize(row.in), row.out);
    expect_same_for_every_split(row.in, run);
  }
}

TEST(NormalizedText, OffsetsLeadBack) {
  NormalizedText text;
  std::string out;
  const std::string in =
      "会ＡＢ\xE2\x80\x8B"
      "c ｶﾞx";
  text.feed(in, out);
  text.finish(out);
  EXPECT_EQ(out, "会ABc がx");
  for (const char* piece : {"会", "c", "x"})
    EXPECT_EQ(text.source_of(out.find(piece)), in.find(piece)) << piece;
  EXPECT_EQ(text.source_of(out.find('A')), in.find("Ａ"));
  EXPECT_EQ(text.source_of(out.find('B')), in.find("Ｂ"));
  EXPECT_EQ(text.source_of(out.find("が")), in.find("ｶ"));
}

TEST(NormalizedText, OffsetsOfALongTextPointBeforeThePlace) {
  NormalizedText text;
  std::string out, in;
  for (int i = 0; i < 20000; ++i) in += i % 100 == 99 ? "ｶﾞx" : "Ａb";
  text.feed(in, out);
  text.finish(out);
  uint64_t last = 0;
  for (size_t at = 0; at < out.size(); ++at) {
    const uint64_t source = text.source_of(at);
    EXPECT_GE(source, last);
    EXPECT_LE(source, in.size());
    last = source;
  }
}

TEST(NormalizedText, EndlessMarksTakeNoMemory) {
  NormalizedText text;
  std::string out = "a";
  text.feed("a", out);
  for (int i = 0; i < 100000; ++i) text.feed("\xCC\x81", out);
  EXPECT_GE(out.size(), 200000 - 2 * NormalizedText::kRunMax);
}

TEST(NormalizedText, WhatIsSurelyNormalIsItsOwnForm) {
  EXPECT_TRUE(is_surely_normal("plain, and 会議は木曜日にカタカナで。"));
  for (char32_t c = 1; c < 0x20000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text = "a";
    append_code_point(c, text);
    if (is_surely_normal(text)) {
      ASSERT_EQ(normalize(text, Kana::kKept), text);
    }
    // What composes with a letter before it isn't normal.
    text.insert(0, "か");
    if (is_surely_normal(text)) {
      ASSERT_EQ(normalize(text, Kana::kKept), text);
    }
  }
}

}  // namespace
}  // namespace sekisho::codec
