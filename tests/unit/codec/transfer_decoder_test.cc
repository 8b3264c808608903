#include "codec/transfer_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "every_split.h"

namespace sekisho::codec {
namespace {

using namespace std::string_literals;

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
constexpr auto kY = TransferEncoding::kYenc;

const Row kRows[] = {
    {"base64_plain", kB, "aGVsbG8gd29ybGQ=\r\n", "hello world", 0},
    {"base64_lines", kB, "aGVs\r\nbG8g\r\nd29y\r\nbGQh", "hello world!", 0},
    {"base64_two_paddings", kB, "YQ==", "a", 0},
    {"base64_line_inside_group", kB, "aGV\r\nsbG8=", "hello", decode_defect::kOddLine},
    {"base64_goes_on_after_padding", kB, "YQ==\r\nYg==", "ab", decode_defect::kPaddingInside},
    {"base64_whole_groups_after_padding", kB, "YQ==YmNk", "abcd", decode_defect::kPaddingInside},
    {"base64_junk_inside", kB, "aG!Vs*bG8=", "hello", decode_defect::kJunk},
    {"base64_padding_noise", kB, "aGVs====bG8=", "hello", decode_defect::kPaddingInside},
    {"base64_lone_sign_after_two_digits", kB, "YQ=\r\n", "a", 0},
    {"base64_lone_sign_after_one_digit", kB, "Y=Q=", "a", decode_defect::kPaddingInside},
    {"base64_no_padding", kB, "YWI", "ab", decode_defect::kTruncated},
    {"base64_padding_first", kB, "====YWJj", "abc", decode_defect::kPaddingInside},
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
    {"uuencode_blanks_taken_away", kU, "begin 644 a\n#0V%T\n#0V\n`\nend\n", "CatC`\0"s, 0},
    {"uuencode_two_files", kU, "begin 644 a\n#0V%T\nend\nbegin 600 b c\n#0V%T\nend\n", "CatCat", 0},
    {"uuencode_text_with_begin", kU, "begin with this\n#0V%T\n", "", decode_defect::kNoBegin},
    {"uuencode_base64", kU, "begin-base64 644 a\nQ2F0\n====\n#0V%T\n", "Cat", 0},
    {"yenc", kY, "x\r\n=ybegin line=9 size=3 name=a b\r\n\x6D=}\x9E\r\n=yend size=3\r\ny", "C\x13t",
     0},
    {"yenc_escape_at_line_start", kY, "=ybegin name=a\n=}\n=ypart x\n=n\n=yend\n", "\x13\x04", 0},
    {"yenc_no_end", kY, "=ybegin name=a\n\x6D", "C", decode_defect::kTruncated},
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

TEST(TransferDecoder, TellsTheNameInside) {
  TransferDecoder decoder(kU);
  std::string out;
  decoder.feed("begin 644 a b.zip \r\n", out);
  EXPECT_EQ(decoder.embedded_name(), "a b.zip");
  decoder.reset(kY);
  decoder.feed("=ybegin line=1 size=2 name=c d.zip\r\n", out);
  EXPECT_EQ(decoder.embedded_name(), "c d.zip");
}

TEST(TransferDecoder, UuencodeNeverGrows) {
  TransferDecoder decoder(kU);
  std::string out;
  const std::string in = "begin 644 a\n" + [] {
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += "M\n";
    return lines;
  }();
  decoder.feed(in, out);
  decoder.finish(out);
  EXPECT_LE(out.size(), in.size());
}

TEST(TransferDecoder, QuotedLineOfBlanksIsTheSameInOnePieceAndByteByByte) {
  const std::string in = std::string(5000, ' ') + "\t\r\nx" + std::string(2048, ' ') + "y";
  std::string whole, bytes;
  QuotedPrintableDecoder one, other;
  one.feed(in, whole);
  for (const char c : in) other.feed(std::string(1, c), bytes);
  EXPECT_EQ(whole, bytes);
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
      {"7bit base64", kB},
      {"rot13, base64", kB},
      {";base64", kB},
      {"xxbase64", kB},
      {"=?utf-8?B?YmFzZTY0?=", kB},
      {"base64, quoted-printable", kB},
      {"quotedprint", kQ},
      {"x-yenc", kY},
      {"(c) base64", kB},
      {"x-base64", kB},
      {"base64.", kB},
      {"base64;", kB},
      {"base64; x=y", kB},
      {"7bit, base64", kB},
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
  EXPECT_EQ(parse_last_transfer_encoding("base64, quoted-printable"), kQ);
  EXPECT_EQ(parse_last_transfer_encoding("base64, 7bit"), kB);
}

}  // namespace
}  // namespace sekisho::codec
