#include "mail/mbox_reader.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::mail {
namespace {

std::string play(const std::vector<std::string_view>& chunks) {
  MboxReader reader;
  std::string out;
  const auto drain = [&] {
    while (const auto e = reader.next()) {
      if (e->kind == MboxEvent::Kind::kMessageBegin) out += "{" + std::string(e->from_line) + "}";
      if (e->kind == MboxEvent::Kind::kChunk) out += e->bytes;
      if (e->kind == MboxEvent::Kind::kMessageEnd) out += "{end}";
    }
  };
  for (const auto chunk : chunks) {
    reader.feed(chunk);
    drain();
  }
  reader.finish();
  drain();
  return out;
}

TEST(MboxReader, ALongFromLineIsNoneOfTheMessage) {
  const std::string box = "From " + std::string(1500, 'x') + "\nA: 1\n\ny\n\nFrom b\n\n";
  const std::string out = play({box});
  EXPECT_EQ(out, "{From " + std::string(MboxReader::kFromLineBytesMax - 5, 'x') +
                     "}A: 1\n\ny\n{end}{From b}{end}");
  expect_same_for_every_split(box, [](const auto& chunks) { return play(chunks); });
}

TEST(MboxReader, Rfc4155) {
  const struct {
    const char* name;
    std::string_view in, out;
  } rows[] = {
      {"two", "From a b\nA: 1\n\nx\n\nFrom c d\nB: 2\n\ny\n\n",
       "{From a b}A: 1\n\nx\n{end}{From c d}B: 2\n\ny\n{end}"},
      {"crlf", "From a\r\nA: 1\r\n\r\nx\r\n\r\nFrom b\r\n\r\ny",
       "{From a}A: 1\r\n\r\nx\r\n{end}{From b}\r\ny{end}"},
      {"from_inside_text", "From a\n\nx\nFrom y\nz\n\n", "{From a}\nx\nFrom y\nz\n{end}"},
      {"quoted_from_stays", "From a\n\n\n>From b\n", "{From a}\n\n>From b\n{end}"},
      {"several_empty_lines", "From a\n\n\n\n\nx\n", "{From a}\n\n\n\nx\n{end}"},
      {"like_from", "From a\n\nFro\n\nFromage\n", "{From a}\nFro\n\nFromage\n{end}"},
      {"no_mbox", "A: b\n\nx\n", ""},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(play({row.in}), row.out);
    expect_same_for_every_split(row.in, [](const auto& chunks) { return play(chunks); });
  }
}

}  // namespace
}  // namespace sekisho::mail
