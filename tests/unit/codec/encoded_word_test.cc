#include "codec/encoded_word.h"

#include <gtest/gtest.h>

namespace sekisho::codec {
namespace {

struct Row {
  const char* name;
  std::string_view in, out;
};

const Row kRows[] = {
    {"plain", "Hello", "Hello"},
    {"rfc2047_8_examples_q", "=?ISO-8859-1?Q?a?=", "a"},
    {"adjacent_words_join", "=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
    {"adjacent_words_fold", "=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab"},
    {"underscore_is_space", "=?ISO-8859-1?Q?a_b?=", "a b"},
    {"word_then_text", "=?ISO-8859-1?Q?a?= b", "a b"},
    {"text_then_word", "Re: =?utf-8?B?44OG44K544OI?=", "Re: テスト"},
    {"iso2022jp_b", "=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"},
    {"character_split_over_words", "=?utf-8?B?44OG4w==?= =?utf-8?B?grnjg4g=?=", "テスト"},
    {"no_space_between_words", "=?utf-8?Q?=E3=83=86?==?utf-8?Q?=E3=82=B9?=", "テス"},
    {"touching_text", "[=?utf-8?Q?x?=]", "[x]"},
    {"q_and_b_mixed", "=?utf-8?Q?a?= =?utf-8?B?Yg==?=", "ab"},
    {"language_suffix", "=?utf-8*ja?Q?a?=", "a"},
    {"raw_utf8_beside", "caf\xC3\xA9 =?utf-8?Q?x?=", "café x"},
    {"raw_latin1", "caf\xE9", "café"},
    {"space_inside_word", "=?utf-8?Q?a b?=", "a b"},
    {"q_text_begins_with_equals", "=?utf-8?Q?=41?=", "A"},
    {"question_mark_inside_q", "=?utf-8?Q?what?_ok?=", "what? ok"},
    {"unfinished_before_a_word", "=?utf-8?Q?abc =?utf-8?Q?x?=", "=?utf-8?Q?abc x"},
    {"ends_in_an_equals_sign", "=?utf-8?Q?a=?= b", "a b"},
    {"blank_at_the_end_of_q", "=?utf-8?Q?a ?==?utf-8?Q?b?=", "a b"},
    {"control_one_is_no_blank", "=?utf-8?Q?a=01b?=",
     "a\x01"
     "b"},
    {"line_ends_out_of_a_word", "=?utf-8?Q?a=0D=0ABcc:_x=00y?=", "a  Bcc: x y"},
    {"folded_inside_a_word", "=?utf-8?B?44OG\r\n 44K5?=", "テス"},
    {"raw_shift_jis", "\x83\x65\x83\x58\x83\x67 =?utf-8?Q?x?=", "テスト x"},
    {"raw_euc_jp", "\xA5\xC6\xA5\xB9\xA5\xC8", "テスト"},
    {"raw_iso2022jp", "\x1B$B%F%9%H\x1B(B", "テスト"},
    {"raw_iso2022jp_with_a_mark_in_it", "\x1B$B%F=?%H\x1B(B", "テ戎ト"},
    {"label_broken_by_its_bytes", "=?iso-2022-jp?B?g2WDWINn?=", "テスト"},
    {"ends_with_the_value", "a =?", "a =?"},
    {"unknown_encoding_stays", "=?utf-8?X?a?=", "=?utf-8?X?a?="},
    {"unfinished_stays", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
    {"folded_plain", "a\r\n b", "a b"},
    {"different_charsets", "=?iso-8859-1?Q?=E9?= =?utf-8?Q?=C3=A9?=", "éé"},
    {"empty_word",
     "=?utf-8?Q?"
     "?= x",
     " x"},
};

TEST(EncodedWord, Rfc2047) {
  for (const Row& row : kRows) EXPECT_EQ(decode_encoded_words(row.in), row.out) << row.name;
}

TEST(EncodedWord, WrongLabelGivesTwoReadings) {
  const HeaderText jis = read_header_text("a =?us-ascii?B?GyRCJUYbKEI=?= =?utf-8?Q?z?=");
  EXPECT_EQ(jis.text, "a \x1B$B%F\x1B(Bz");
  EXPECT_EQ(jis.other, "a テz");
  const HeaderText broken = read_header_text("=?utf-8?B?g2WDWINn?=");
  EXPECT_EQ(broken.text, "テスト");
  EXPECT_FALSE(broken.other.empty());
  EXPECT_EQ(read_header_text("=?utf-8?Q?=E3=83=86?=").other, "");
}

// Quadratic time would take minutes.
TEST(EncodedWord, UnfinishedWordsTakeLinearTime) {
  for (const std::string_view piece : {"=?a?q?", "=?", "=?a?b?x ", "=?aaaaaaaaaaaaaaaaa?q?x"}) {
    std::string value;
    while (value.size() < 2000000) value += piece;
    EXPECT_EQ(decode_encoded_words(value).size(), value.size());
  }
}

}  // namespace
}  // namespace sekisho::codec
