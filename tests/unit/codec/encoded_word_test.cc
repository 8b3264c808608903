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

TEST(EncodedWord, UnfinishedWordsTakeLinearTime) {
  std::string value;
  while (value.size() < 60000) value += "=?a?q?";
  EXPECT_EQ(decode_encoded_words(value).size(), value.size());
}

}  // namespace
}  // namespace sekisho::codec
