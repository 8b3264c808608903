#include "smtp/reply_reader.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::smtp {
namespace {

std::string read_all(const std::vector<std::string_view>& chunks) {
  ReplyReader reader;
  std::string text;
  for (std::string_view chunk : chunks) {
    reader.feed(chunk);
    while (const auto reply = reader.next())
      text += std::to_string(reply->code) + "[" + reply->enhanced + "](" + reply->text + ")";
  }
  return text + (reader.broken() ? "!" : reader.empty() ? "" : "…");
}

struct Row {
  const char* name;
  std::string in;
  std::string replies;
};

const Row kRows[] = {
    {"one line", "250 2.1.0 Ok\r\n", "250[2.1.0](Ok)"},
    {"no text", "250\r\n", "250[]()"},
    {"blank and no text", "250 \r\n", "250[]()"},
    {"lines", "250-a\r\n250-PIPELINING\r\n250 HELP\r\n", "250[](a\nPIPELINING\nHELP)"},
    {"empty first line", "250-\r\n250 b\r\n", "250[](\nb)"},
    {"several", "250 a\r\n550 5.1.1 b\r\n354 c\r\n", "250[](a)550[5.1.1](b)354[](c)"},
    {"LF alone", "250 a\n250 b\n", "250[](a)250[](b)"},
    {"not complete", "250 a\r\n250-b\r\n", "250[](a)…"},
    {"half a line", "25", "…"},
    {"no code", "HTTP/1.1 200 OK\r\n250 a\r\n", "!"},
    {"code below 200", "150 a\r\n", "!"},
    {"code over 599", "600 a\r\n", "!"},
    {"no separator", "250ok\r\n", "!"},
    {"code changes", "250-a\r\n550 b\r\n", "!"},
    {"line too long", "250 " + std::string(5000, 'x'), "!"},
};

TEST(ReplyReader, Rfc5321_4_2_ReadsReplies) {
  for (const Row& row : kRows) EXPECT_EQ(read_all({row.in}), row.replies) << row.name;
}

TEST(ReplyReader, EverySplitIsTheSame) {
  for (const Row& row : kRows)
    if (row.in.size() < 1000) expect_same_for_every_split(row.in, read_all);
}

TEST(ReplyReader, IsBoundedInLinesAndText) {
  ReplyReader reader;
  for (size_t i = 0; i < ReplyReader::kLinesMax; ++i)
    reader.feed("250-" + std::string(100, 'x') + "\r\n");
  EXPECT_FALSE(reader.broken());
  reader.feed("250 end\r\n");
  EXPECT_TRUE(reader.broken());

  reader.reset();
  for (size_t i = 0; i < 100; ++i) reader.feed("250-" + std::string(100, 'x') + "\r\n");
  reader.feed("250 end\r\n");
  const auto reply = reader.next();
  ASSERT_TRUE(reply);
  EXPECT_LE(reply->text.size(), ReplyReader::kTextBytesMax + ReplyReader::kLinesMax);
}

TEST(ReplyReader, IsBoundedInReplies) {
  ReplyReader reader;
  for (size_t i = 0; i < ReplyReader::kWaitingMax; ++i) reader.feed("250 a\r\n");
  EXPECT_FALSE(reader.broken());
  reader.feed("250 a\r\n");
  EXPECT_TRUE(reader.broken());
}

}  // namespace
}  // namespace sekisho::smtp
