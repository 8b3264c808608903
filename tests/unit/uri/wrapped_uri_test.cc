#include "uri/wrapped_uri.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::uri {
namespace {

const SuffixList& suffixes() {
  static const SuffixList list = std::move(SuffixList::system().value());
  return list;
}

std::string joined(const std::vector<std::string_view>& chunks) {
  WrappedUris uris(suffixes());
  std::string out;
  const auto take = [&] {
    while (const auto one = uris.next()) out += one->written + "\n";
  };
  for (const std::string_view chunk : chunks) {
    uris.feed(chunk);
    take();
  }
  uris.finish();
  take();
  return out;
}

const std::string kFull = "Some words that fill a line, so that the wrap is seen: ";

struct Row {
  const char* name;
  std::string in, out;
};

const Row kRows[] = {
    {"one_line", "<http://example.jp/a>\r\nb", ""},
    {"in_brackets", "see <http://example.jp/a\r\nb>.", "http://example.jp/ab\n"},
    {"in_brackets_in_the_host", "<http://exam\nple.jp/>", "http://example.jp/\n"},
    {"in_brackets_over_three", "<URL:http://example.jp/a\n  b\n\tc> d", "http://example.jp/abc\n"},
    {"in_brackets_without_scheme", "<www.example.jp/a\nb>", "www.example.jp/ab\n"},
    {"in_brackets_quoted", "> <http://example.jp/a\r\n> b>", "http://example.jp/ab\n"},
    {"brackets_of_no_uri", "<b\nc>", ""},
    {"bracket_on_the_next_line", "<http://example.jp/abc\r\n>", ""},
    {"full_line", kFull + "http://example.jp/a\r\nb?c=d\r\nwords behind",
     "http://example.jp/ab?c=d\n"},
    {"full_line_quoted", "> " + kFull + "http://example.jp/a\n> b\n", "http://example.jp/ab\n"},
    {"two_wraps", kFull + "http://example.jp/\n" + std::string(70, 'x') + "\nyz\nwords",
     "http://example.jp/" + std::string(70, 'x') + "yz\n"},
    {"short_line", "http://example.jp/a\r\nregards\r\n", ""},
    {"words_behind", kFull + "http://example.jp/a\nb c\n", ""},
    {"only_a_host", kFull + "http://www.example.jp\nregards\n", ""},
    {"another_uri_behind", kFull + "http://example.jp/a\nhttp://example.jp/b\n", ""},
    {"empty_line_behind", kFull + "http://example.jp/a\n\nb\n", ""},
    {"the_next_begins_behind", "<http://example.jp/a\nb> <http://example.jp/c\nd>",
     "http://example.jp/ab\nhttp://example.jp/cd\n"},
    {"at_the_end", "<http://example.jp/a\nb", "http://example.jp/ab\n"},
};

// RFC 3986 §2, Appendix C
TEST(WrappedUris, JoinsWhatAReaderWouldJoin) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(joined({row.in}), row.out);
    expect_same_for_every_split(row.in, joined);
  }
}

TEST(WrappedUris, EndlessLinesAndUrisArePassedOver) {
  const std::string line(5000, 'x');
  EXPECT_EQ(joined({"<http://example.jp/\n", line, line, "\nb>"}), "");
  std::string many = "<http://example.jp/";
  for (int i = 0; i < 5000; ++i) many += "\nxx";
  const std::string out = joined({many});
  EXPECT_GT(out.size(), 4000u);
  EXPECT_LE(out.size(), WrappedUris::kBytesMax + 1);
  const std::string behind = line + line + " <http://example.jp/a\nb>\n<http://example.jp/c\nd>";
  expect_same_for_every_split(behind.substr(behind.size() - 5100), joined);
}

}  // namespace
}  // namespace sekisho::uri
