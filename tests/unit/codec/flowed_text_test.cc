#include "codec/flowed_text.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::codec {
namespace {

std::string shown(FlowedText::Space space, const std::vector<std::string_view>& chunks) {
  FlowedText text;
  text.reset(space);
  std::string out;
  for (const std::string_view chunk : chunks) text.feed(chunk, out);
  text.finish(out);
  return out;
}

struct Row {
  const char* name;
  FlowedText::Space space;
  std::string in, out;
};

const FlowedText::Space kKept = FlowedText::Space::kKept, kDeleted = FlowedText::Space::kDeleted;

const Row kRows[] = {
    {"fixed", kKept, "a\r\nb\nc", "a\nb\nc"},
    {"soft", kKept, "one \r\ntwo \nthree\r\nfour", "one two three\nfour"},
    {"del_sp", kDeleted, "http://example.jp/a \r\nb \r\nc\r\nd", "http://example.jp/abc\nd"},
    {"del_sp_of_two", kDeleted, "one  \r\ntwo", "one two"},
    {"stuffed", kKept, " From here\r\n > no quote \r\n  x", "From here\n> no quote  x"},
    {"quoted", kKept, "> one \r\n> two\r\n>> deeper \r\n> back", "> one two\n>> deeper \n> back"},
    {"quote_marks_alone", kKept, ">>\r\n>\r\n", ">>\n>\n"},
    {"signature", kKept, "bye \r\n-- \r\nname", "bye \n-- \nname"},
    {"signature_keeps_its_space", kDeleted, "-- \r\nname", "-- \nname"},
    {"empty_line_ends", kKept, "one \r\n\r\ntwo", "one \n\ntwo"},
    {"soft_at_the_end", kDeleted, "one \r\n", "one"},
    {"bare_cr_and_spaces", kDeleted, "a\r \r\r\nb", "a\r \r\nb"},
    {"no_line_end", kDeleted, std::string(3000, 'x') + " \r\ny", std::string(3000, 'x') + "y"},
    {"endless_marks", kKept, std::string(3000, '>') + "\r\nx",
     std::string(1024, '>') + std::string(1976, '>') + "\nx"},
};

// RFC 3676 §4.1, §4.2, §4.3, §4.4, §4.5
TEST(FlowedText, JoinsLinesAsAClientDoes) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(shown(row.space, {row.in}), row.out);
    if (row.in.size() < 100)
      expect_same_for_every_split(row.in,
                                  [&](const auto& chunks) { return shown(row.space, chunks); });
  }
  const std::string mixed =
      std::string(1020, 'a') + " \r\n" + std::string(1021, 'b') + " \r\n-- \r\n";
  expect_same_for_every_split(mixed, [](const auto& chunks) { return shown(kDeleted, chunks); });
}

}  // namespace
}  // namespace sekisho::codec
