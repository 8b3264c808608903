#include "rules/body_lines.h"

#include <gtest/gtest.h>

#include "every_split.h"
#include "rules/raw_pieces.h"

namespace sekisho::rules {
namespace {

template <typename Cutter>
std::string cut(Cutter& cutter, const std::vector<std::string_view>& chunks) {
  std::string out;
  const auto take = [&](std::string_view piece) { out.append("[").append(piece).append("]"); };
  for (const std::string_view chunk : chunks) cutter.feed(chunk, take);
  cutter.finish(take);
  return out;
}

std::string lines(std::string_view text) {
  BodyLines cutter;
  return cut(cutter, {text});
}

struct Case {
  const char* name;
  const char* text;
  const char* lines;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class BodyLinesCases : public testing::TestWithParam<Case> {};

TEST_P(BodyLinesCases, AsSpamAssassinSeesThem) {
  EXPECT_EQ(lines(GetParam().text), GetParam().lines);
  expect_same_for_every_split(GetParam().text, [](const std::vector<std::string_view>& chunks) {
    BodyLines cutter;
    return cut(cutter, chunks);
  });
}

INSTANTIATE_TEST_SUITE_P(
    , BodyLinesCases,
    testing::Values(Case{"empty", "", ""}, Case{"one_word", "a", "[a\n]"},
                    Case{"line_end_is_a_space", "a\nb\n", "[a b\n]"},
                    Case{"blanks_are_one_space", "a \t  b", "[a b\n]"},
                    Case{"empty_line_breaks", "a\n\nb\n", "[a\n][b\n]"},
                    Case{"crlf", "a\r\nb\r\n\r\nc\r\n", "[a b\n][c\n]"},
                    Case{"blanks_between_line_ends", "a\n \t\nb", "[a\n][b\n]"},
                    Case{"blanks_outside_the_line_ends_stay", "a \n\n b", "[a \n][ b\n]"},
                    Case{"many_line_ends", "a\n\n\n\n\nb", "[a\n][b\n]"},
                    Case{"indented_start", "  a", "[ a\n]"},
                    Case{"only_white_space", " \n \n ", ""},
                    Case{"no_break_space",
                         "a\xC2\xA0\xC2\xA0"
                         "b",
                         "[a b\n]"},
                    Case{"ideographic_space", "検\xE3\x80\x80索", "[検 索\n]"},
                    Case{"line_separator",
                         "a\xE2\x80\xA8"
                         "b",
                         "[a b\n]"},
                    Case{"zero_width_space_is_none",
                         "a\xE2\x80\x8B"
                         "b",
                         "[a\xE2\x80\x8B"
                         "b\n]"},
                    Case{"hiragana_begins_like_a_space", "あ\xE3\x80\x82い",
                         "[あ\xE3\x80\x82い\n]"},
                    Case{"cut_character", "a\xE3\x80", "[a\xE3\x80\n]"},
                    Case{"broken_character",
                         "a\xE3\xE3\x80\x80"
                         "b",
                         "[a\xE3 b\n]"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(BodyLines, LongLineIsCutBehindItsLastSpace) {
  const std::string head = std::string(1000, 'a') + " " + std::string(1000, 'b') + " ";
  EXPECT_EQ(lines(head + std::string(100, 'c')), "[" + head + "][" + std::string(100, 'c') + "\n]");
}

TEST(BodyLines, LineOf2048BytesIsWhole) {
  EXPECT_EQ(lines(std::string(2047, 'a')), "[" + std::string(2047, 'a') + "\n]");
  EXPECT_EQ(lines(std::string(2048, 'a')), "[" + std::string(2048, 'a') + "][\n]");
}

TEST(BodyLines, LongLineWithoutSpacesIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < 5000) text += "界";
  const std::string cuts = lines(text);
  EXPECT_EQ(cuts.find("][") - 1, 2046u);  // 682 characters of three bytes
}

TEST(BodyLines, CutsDoNotDependOnTheChunks) {
  std::string text;
  for (int i = 0; text.size() < 9000; ++i)
    text += std::string(static_cast<size_t>(i % 700), static_cast<char>('a' + i % 26)) + " 界";
  BodyLines whole;
  const std::string expected = cut(whole, {text});
  for (const size_t size : {1, 7, 100, 2048, 2049}) {
    std::vector<std::string_view> chunks;
    for (size_t at = 0; at < text.size(); at += size)
      chunks.push_back(std::string_view(text).substr(at, size));
    BodyLines cutter;
    ASSERT_EQ(cut(cutter, chunks), expected) << size;
  }
}

std::string pieces(std::string_view text, size_t chunk) {
  std::vector<std::string_view> chunks;
  for (size_t at = 0; at < text.size(); at += chunk) chunks.push_back(text.substr(at, chunk));
  RawPieces cutter;
  return cut(cutter, chunks);
}

struct PieceCase {
  const char* name;
  char mark;
  size_t at;
  size_t first;  // bytes of the first piece
};

void PrintTo(const PieceCase& c, std::ostream* out) { *out << c.name; }

class RawPiecesCases : public testing::TestWithParam<PieceCase> {};

TEST_P(RawPiecesCases, CutsWhereATagStaysWhole) {
  std::string text(5000, 'a');
  text[GetParam().at] = GetParam().mark;
  const std::string cuts = pieces(text, text.size());
  EXPECT_EQ(cuts.find("][") - 1, GetParam().first);
  for (const size_t chunk : {1, 13, 2048, 4096}) ASSERT_EQ(pieces(text, chunk), cuts) << chunk;
}

INSTANTIATE_TEST_SUITE_P(, RawPiecesCases,
                         testing::Values(PieceCase{"behind_a_line_end", '\n', 2048, 2049},
                                         PieceCase{"line_end_too_early", '\n', 2047, 4096},
                                         PieceCase{"behind_a_tag", '>', 3000, 3001},
                                         PieceCase{"behind_a_space", ' ', 4095, 4096},
                                         PieceCase{"nowhere", 'a', 0, 4096}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RawPieces, UpTo2048BytesAreOnePiece) {
  const std::string text = std::string(2000, 'a') + "\n" + std::string(47, 'b');
  EXPECT_EQ(pieces(text, 100), "[" + text + "]");
}

TEST(RawPieces, LineEndIsPreferredToATagBeforeIt) {
  std::string text(5000, 'a');
  text[2100] = '>';
  text[2200] = '\n';
  EXPECT_EQ(pieces(text, 5000).find("][") - 1, 2201u);
}

}  // namespace
}  // namespace sekisho::rules
