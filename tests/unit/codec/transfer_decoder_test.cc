#include "codec/transfer_decoder.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::codec {
namespace {

std::string decode(TransferEncoding encoding, const std::vector<std::string_view>& chunks) {
  TransferDecoder decoder(encoding);
  std::string out;
  for (const auto chunk : chunks) decoder.feed(chunk, out);
  decoder.finish(out);
  return out + "|" + std::to_string(decoder.defects());
}

struct Row {
  const char* name;
  TransferEncoding encoding;
  std::string_view in;
  std::string out;
  unsigned defects;
};

constexpr auto kB = TransferEncoding::kBase64;
constexpr auto kQ = TransferEncoding::kQuotedPrintable;
constexpr auto kU = TransferEncoding::kUuencode;

const Row kRows[] = {
    {"base64_plain", kB, "aGVsbG8gd29ybGQ=\r\n", "hello world", 0},
    {"base64_lines", kB, "aGVs\r\nbG8g\r\nd29y\r\nbGQh", "hello world!", 0},
    {"base64_two_paddings", kB, "YQ==", "a", 0},
    {"base64_line_inside_group", kB, "aGV\r\nsbG8=", "hello", 0},
    {"base64_goes_on_after_padding", kB, "YQ==\r\nYg==", "ab", decode_defect::kPaddingInside},
    {"base64_whole_groups_after_padding", kB, "YQ==YmNk", "abcd", decode_defect::kPaddingInside},
    {"base64_junk_inside", kB, "aG!Vs*bG8=", "hello", decode_defect::kJunk},
    {"base64_padding_noise", kB, "aGVs====bG8=", "hello", decode_defect::kPaddingInside},
    {"base64_cut_off", kB, "aGVsbG", "hell", decode_defect::kTruncated},
    {"base64_one_digit_left", kB, "aGVsb", "hel", decode_defect::kTruncated},
    {"quoted_escape", kQ, "caf=C3=A9", "caf\xC3\xA9", 0},
    {"quoted_lower_case", kQ, "=c3=a9", "\xC3\xA9", 0},
    {"quoted_soft_break", kQ, "ab=\r\ncd", "abcd", 0},
    {"quoted_soft_break_lf", kQ, "ab=\ncd", "abcd", 0},
    {"quoted_soft_break_with_blanks", kQ, "ab= \t\r\ncd", "abcd", 0},
    {"quoted_trailing_blanks_go", kQ, "ab \t\r\ncd", "ab\r\ncd", 0},
    {"quoted_inner_blanks_stay", kQ, "a  b\tc", "a  b\tc", 0},
    {"quoted_bad_escape_stays", kQ, "1=2x =ZZ", "1=2x =ZZ", decode_defect::kBadEscape},
    {"quoted_equals_in_a_row", kQ, "a==41", "a=A", decode_defect::kBadEscape},
    {"quoted_soft_break_at_the_end", kQ, "ab=", "ab", 0},
    {"quoted_cut_off", kQ, "ab=4", "ab=4", decode_defect::kTruncated},
    {"identity", TransferEncoding::kIdentity, "a=\r\n\xFF", "a=\r\n\xFF", 0},
    {"unknown_is_kept", TransferEncoding::kUnknown, "a=41", "a=41", 0},
    {"uuencode", kU, "begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", "Cat", 0},
    {"uuencode_text_around", kU, "hi\nbegin 644 a\n#0V%T\n`\nend\nbye\n", "Cat", 0},
    {"uuencode_no_end", kU, "begin 644 a\n#0V%T\n", "Cat", decode_defect::kTruncated},
};

TEST(TransferDecoder, DecodesHoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(decode(row.encoding, {row.in}), row.out + "|" + std::to_string(row.defects));
    expect_same_for_every_split(row.in,
                                [&](const auto& chunks) { return decode(row.encoding, chunks); });
  }
}

TEST(TransferDecoder, KeepsNoMemoryOfBlanks) {
  TransferDecoder decoder(kQ);
  std::string out;
  const std::string blanks(100000, ' ');
  decoder.feed(blanks, out);
  EXPECT_GE(out.size(), blanks.size() - 1024);  // more than fits the held run is given out
}

TEST(ParseTransferEncoding, Lenient) {
  const std::pair<std::string_view, TransferEncoding> rows[] = {
      {"base64", kB},
      {"BASE64", kB},
      {"\"base64\"", kB},
      {"base64 (comment)", kB},
      {"(c) base64", kB},
      {"x-base64", kB},
      {"base64.", kB},
      {"base64;", kB},
      {"base64; x=y", kB},
      {"7bit, base64", TransferEncoding::kIdentity},
      {"quoted-printable", kQ},
      {"quoted_printable", kQ},
      {"Quoted Printable", kQ},
      {"x-uuencode", kU},
      {"uuencode", kU},
      {"x-uue", kU},
      {"7bit", TransferEncoding::kIdentity},
      {"8BIT", TransferEncoding::kIdentity},
      {"binary", TransferEncoding::kIdentity},
      {"", TransferEncoding::kIdentity},
      {"rot13", TransferEncoding::kUnknown}};
  for (const auto& [text, encoding] : rows)
    EXPECT_EQ(parse_transfer_encoding(text), encoding) << text;
}

}  // namespace
}  // namespace sekisho::codec
