#include "smtp/dot_writer.h"

#include <gtest/gtest.h>

#include "every_split.h"
#include "smtp/dot_reader.h"

namespace sekisho::smtp {
namespace {

std::string write_all(const std::vector<std::string_view>& chunks) {
  DotWriter writer;
  std::string out;
  for (std::string_view chunk : chunks) writer.feed(chunk, out);
  writer.finish(out);
  return out;
}

struct Row {
  const char* name;
  std::string in;
  std::string out;
};

const Row kRows[] = {
    {"plain", "a\r\n", "a\r\n.\r\n"},
    {"empty", "", ".\r\n"},
    {"dot at the start", ".a\r\n", "..a\r\n.\r\n"},
    {"lone dot", "a\r\n.\r\n", "a\r\n..\r\n.\r\n"},
    {"two dots", "..\r\n", "...\r\n.\r\n"},
    {"dot inside", "a.b\r\n", "a.b\r\n.\r\n"},
    {"no last line end", "a", "a\r\n.\r\n"},
    {"CR at the end", "a\r", "a\r\r\n.\r\n"},
    {"bare LF at the end", "a\n", "a\n\r\n.\r\n"},
    {"dot after a bare LF", "a\n.\r\n", "a\n..\r\n.\r\n"},
    {"dot after a bare CR", "a\r.\r\n", "a\r..\r\n.\r\n"},
};

TEST(DotWriter, Rfc5321_4_5_2_StuffsDots) {
  for (const Row& row : kRows) EXPECT_EQ(write_all({row.in}), row.out) << row.name;
}

TEST(DotWriter, EverySplitIsTheSame) {
  for (const Row& row : kRows) expect_same_for_every_split(row.in, write_all);
}

TEST(DotWriter, ReaderGetsTheSameBytesBack) {
  const std::string body = ".\r\n..\r\na.\r\n.b\r\n\r\n\r\n.\r\n";
  const std::string wire = write_all({body});
  DotReader reader;
  reader.feed(wire);
  std::string read;
  while (const auto chunk = reader.next()) read += *chunk;
  EXPECT_TRUE(reader.ended());
  EXPECT_EQ(read, body);
}

TEST(DotWriter, IsReadyForTheNextBody) {
  DotWriter writer;
  std::string out;
  writer.feed("a", out);
  writer.finish(out);
  out.clear();
  writer.feed(".", out);
  writer.finish(out);
  EXPECT_EQ(out, "..\r\n.\r\n");
}

}  // namespace
}  // namespace sekisho::smtp
