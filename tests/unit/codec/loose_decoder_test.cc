#include "codec/loose_decoder.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::codec {
namespace {

constexpr auto kB = TransferEncoding::kBase64;
constexpr auto kQ = TransferEncoding::kQuotedPrintable;
constexpr auto kU = TransferEncoding::kUuencode;

uint8_t number(Base64Way way) { return static_cast<uint8_t>(way); }
uint8_t number(QuotedPrintableWay way) { return static_cast<uint8_t>(way); }

struct Row {
  const char* name;
  TransferEncoding encoding;
  uint8_t way;
  std::string_view in, out;
};

// Forms that hid an archive from scanners and were opened by some client.
const Row kRows[] = {
    {"sign_inside_groups", kB, number(Base64Way::kIgnorePadding), "YW=Jj=ZGV=m", "abcdef"},
    {"three_digits_and_a_sign_anywhere", kB, number(Base64Way::kPaddingInGroup), "Y=WIY=2Q",
     "abcd"},
    {"another_file_behind_the_padding", kB, number(Base64Way::kStopAtPadding), "=YQ==YmNk", "a"},
    {"another_file_behind_needless_padding", kB, number(Base64Way::kStopAtPadding), "YWJj====YWJj",
     "abc"},
    {"line_with_a_digit_too_many", kB, number(Base64Way::kLineByLine), "YWJjX\r\nYQ==\r\nXX",
     "abca"},
    {"junk_to_the_end_of_the_line", kB, number(Base64Way::kJunkEndsLine),
     "YWJ#jjj\r\njYQ==", "abca"},
    {"lines_of_junk", kB, number(Base64Way::kCleanLines), "YWJj\r\na b!\r\nYQ==", "abca"},
    {"escape_sign_goes", kQ, number(QuotedPrintableWay::kDropEquals), "=P=K==03", "PK\x03"},
    {"escape_pair_goes", kQ, number(QuotedPrintableWay::kDropDigit), "=0P=0=03=ZK", "P\x03ZK"},
    {"escape_goes", kQ, number(QuotedPrintableWay::kDropEscape), "=XX=41=  =42", "AB"},
    {"lower_case_is_no_escape", kQ, number(QuotedPrintableWay::kUpperCase), "=4a=4A", "J"},
    {"uuencode_without_begin", kU, 1, "#0V%T\r\n`\r\n", "Cat"},
};

TEST(LooseDecoder, ReadsAsOtherClientsDo) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const auto run = [&](const std::vector<std::string_view>& chunks) {
      LooseDecoder decoder;
      decoder.reset(row.encoding, row.way);
      std::string out;
      for (const auto chunk : chunks) decoder.feed(chunk, out);
      decoder.finish(out);
      return out;
    };
    EXPECT_EQ(run({row.in}), row.out);
    expect_same_for_every_split(row.in, run);
  }
}

TEST(LooseDecoder, OnCleanDataAllWaysAgree) {
  const std::pair<TransferEncoding, std::string_view> clean[] = {{kB, "aGVsbG8gd29ybGQ=\r\n"},
                                                                 {kQ, "hello =77orld"}};
  for (const auto& [encoding, in] : clean) {
    for (uint8_t way = 1; way <= LooseDecoder::ways(encoding); ++way) {
      LooseDecoder decoder;
      decoder.reset(encoding, way);
      std::string out;
      decoder.feed(in, out);
      decoder.finish(out);
      EXPECT_EQ(out, "hello world") << int(way);
    }
  }
}

}  // namespace
}  // namespace sekisho::codec
