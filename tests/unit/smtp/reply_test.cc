#include "smtp/reply.h"

#include <gtest/gtest.h>

namespace sekisho::smtp {
namespace {

TEST(Reply, Rfc5321_4_2_1_EachLineHasTheCode) {
  EXPECT_EQ((Reply{250, "", "mx.example"}.wire()), "250 mx.example\r\n");
  EXPECT_EQ((Reply{250, "", "mx.example\nSIZE 1\nHELP"}.wire()),
            "250-mx.example\r\n250-SIZE 1\r\n250 HELP\r\n");
  EXPECT_EQ((Reply{550, "5.7.1", "One\nTwo"}.wire()), "550-5.7.1 One\r\n550 5.7.1 Two\r\n");
  EXPECT_EQ((Reply{250, "", ""}.wire()), "250 \r\n");
}

TEST(Reply, TextCanNotForgeALine) {
  EXPECT_EQ((Reply{550, "", "a\r\n250 ok\r\n"}.wire()), "550-a\r\n550 250 ok\r\n");
  EXPECT_EQ((Reply{550, "", "a\rb\x1b[2J\xc3\xa9"}.wire()), "550 a?b?[2J??\r\n");
}

TEST(Reply, Rfc5321_4_5_3_1_5_LinesAreCut) {
  const std::string wire = Reply{550, "5.1.1", std::string(2000, 'x')}.wire();
  EXPECT_EQ(wire.size(), kReplyLineBytesMax);
  EXPECT_TRUE(wire.ends_with("x\r\n"));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "line\n";
  EXPECT_LT((Reply{250, "", many}.wire().size()), 10000u);
}

struct Row {
  const char* name;
  const char* text;
  std::optional<Reply> reply;
};

const Row kRows[] = {
    {"plain", "550 5.1.1 No such user", Reply{550, "5.1.1", "No such user"}},
    {"no enhanced code", "550 No such user", Reply{550, "", "No such user"}},
    {"no text", "250", Reply{250, "", ""}},
    {"lines", "250-2.0.0 a\r\n250 2.0.0 b\r\n", Reply{250, "2.0.0", "a\nb"}},
    {"enhanced code of another class is text", "550 2.1.1 x", Reply{550, "", "2.1.1 x"}},
    {"a number is no enhanced code", "550 5.1 x", Reply{550, "", "5.1 x"}},
    {"a longer number", "550 5.1.1.1 x", Reply{550, "", "5.1.1.1 x"}},
    {"four digits", "5500 x", std::nullopt},
    {"code over 599", "650 x", std::nullopt},
    {"code below 200", "150 x", std::nullopt},
    {"words", "no", std::nullopt},
    {"nothing", "", std::nullopt},
};

TEST(Reply, IsParsedFromText) {
  for (const Row& row : kRows) EXPECT_EQ(parse_reply(row.text), row.reply) << row.name;
}

TEST(Reply, SummaryIsOneLine) {
  EXPECT_EQ((Reply{550, "5.1.1", "One\nTwo"}.summary()), "550 5.1.1 One");
}

}  // namespace
}  // namespace sekisho::smtp
