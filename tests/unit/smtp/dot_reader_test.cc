#include "smtp/dot_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "every_split.h"
#include "unit/smtp/dialogue_file.h"

namespace sekisho::smtp {
namespace {

struct Read {
  std::string body;
  std::string rest;
  bool ended = false;
  bool bare = false;
};

Read read_all(const std::vector<std::string_view>& chunks, BareLineEnd bare, Framing framing) {
  DotReader reader(bare, framing);
  Read read;
  for (std::string_view chunk : chunks) {
    if (reader.ended()) {
      read.rest += chunk;
      continue;
    }
    const std::string own(chunk);
    reader.feed(own);
    while (const auto piece = reader.next()) read.body += *piece;
    if (reader.ended()) read.rest += reader.rest();
  }
  if (framing == Framing::kOctets) {
    reader.finish();
    while (const auto piece = reader.next()) read.body += *piece;
  }
  read.ended = reader.ended();
  read.bare = reader.bare_line_end();
  return read;
}

std::string text_of(const Read& read) {
  return escape(read.body) + (read.bare ? " bare" : "") +
         (read.ended ? " | " + escape(read.rest) : "");
}

struct Row {
  const char* name;
  std::string in;
  std::string rejecting;
  std::string normalizing;
};

const Row kRows[] = {
    {"one line", "a\r\n.\r\n", "a\\r\\n | ", "a\\r\\n | "},
    {"empty body", ".\r\nNOOP\r\n", " | NOOP\\r\\n", " | NOOP\\r\\n"},
    {"dot removed", "..\r\n..a\r\n.b\r\n.\r\n", ".\\r\\n.a\\r\\nb\\r\\n | ",
     ".\\r\\n.a\\r\\nb\\r\\n | "},
    {"dots inside a line stay", "a..b.\r\n.\r\n", "a..b.\\r\\n | ", "a..b.\\r\\n | "},
    {"no end yet", "a\r\n.\r", "a\\r\\n", "a\\r\\n"},
    {"bare LF", "a\n.\r\n.\r\nx", "a bare | x", "a\\r\\n.\\r\\n bare | x"},
    {"bare LF after the dot", "a\r\n.\n.\r\n.\r\n", "a\\r\\n bare | ",
     "a\\r\\n\\r\\n.\\r\\n bare | "},
    {"bare CR before the dot", "a\r.\r\n.\r\n", "a bare | ", "a\\r\\n.\\r\\n bare | "},
    {"bare CR after the dot", "\r\n.\r.\r\n.\r\n", "\\r\\n bare | ", "\\r\\n\\r\\n.\\r\\n bare | "},
    {"CR CR LF is a bare CR and a line end", "a\r\r\n.\r\n", "a bare | ", "a\\r\\n\\r\\n bare | "},
    {"dot CR CR LF", "\r\n.\r\r\n.\r\n", "\\r\\n bare | ", "\\r\\n\\r\\n\\r\\n bare | "},
    {"NUL beside the dot", std::string("\0.\r\n.\0\r\n.\r\n", 11), "\\x00.\\r\\n\\x00\\r\\n | ",
     "\\x00.\\r\\n\\x00\\r\\n | "},
};

TEST(DotReader, Rfc5321_4_1_1_4_OnlyCrLfDotCrLfEnds) {
  for (const Row& row : kRows) {
    EXPECT_EQ(text_of(read_all({row.in}, BareLineEnd::kReject, Framing::kDots)), row.rejecting)
        << row.name;
    EXPECT_EQ(text_of(read_all({row.in}, BareLineEnd::kNormalize, Framing::kDots)), row.normalizing)
        << row.name;
  }
}

TEST(DotReader, EverySplitIsTheSame) {
  for (const Row& row : kRows)
    for (BareLineEnd bare : {BareLineEnd::kReject, BareLineEnd::kNormalize})
      for (Framing framing : {Framing::kDots, Framing::kOctets})
        expect_same_for_every_split(row.in, [&](const std::vector<std::string_view>& chunks) {
          return text_of(read_all(chunks, bare, framing));
        });
}

TEST(DotReader, Rfc3030_2_OctetsKeepTheirDots) {
  EXPECT_EQ(text_of(read_all({"..\r\n.\r\na"}, BareLineEnd::kReject, Framing::kOctets)),
            "..\\r\\n.\\r\\na | ");
  EXPECT_EQ(text_of(read_all({"a\r"}, BareLineEnd::kReject, Framing::kOctets)), "a bare | ");
  EXPECT_EQ(text_of(read_all({"a\r"}, BareLineEnd::kNormalize, Framing::kOctets)),
            "a\\r\\n bare | ");
  EXPECT_EQ(text_of(read_all({"a\n"}, BareLineEnd::kNormalize, Framing::kOctets)),
            "a\\r\\n bare | ");
}

TEST(DotReader, LongBodyIsViewedAndNotCopied) {
  std::string in;
  for (int i = 0; i < 1000; ++i) in += "a line of an ordinary body\r\n";
  DotReader reader;
  reader.feed(in);
  const auto chunk = reader.next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->data(), in.data());
  EXPECT_EQ(chunk->size(), in.size());
}

TEST(DotReader, BodyFullOfDotsGivesNoShortChunks) {
  std::string in;
  for (int i = 0; i < 10000; ++i) in += "..\r\n";
  DotReader reader;
  reader.feed(in);
  size_t chunks = 0;
  size_t bytes = 0;
  while (const auto chunk = reader.next()) {
    ++chunks;
    bytes += chunk->size();
  }
  EXPECT_EQ(bytes, 30000u);
  EXPECT_LE(chunks, bytes / 512 + 1);
}

TEST(DotReader, ResetForgets) {
  DotReader reader;
  reader.feed("a\n\r\n.\r\n");
  while (reader.next()) {
  }
  ASSERT_TRUE(reader.ended() && reader.bare_line_end());
  reader.reset(Framing::kDots);
  EXPECT_FALSE(reader.ended() || reader.bare_line_end());
  reader.feed(".\r\n");
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ended());
}

}  // namespace
}  // namespace sekisho::smtp
