#include "codec/rtf_text.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::codec {
namespace {

std::string shown(const std::vector<std::string_view>& chunks) {
  RtfText rtf;
  RtfOutput out;
  rtf.reset();
  for (const auto chunk : chunks) rtf.feed(chunk, out);
  rtf.finish(out);
  std::string all = out.text + "|" + out.hidden + "|" + out.tags;
  for (const std::string& link : out.links) all += "|" + link;
  return all;
}

struct Row {
  const char* name;
  std::string_view in, out;
};

const Row kRows[] = {
    {"words", "{\\rtf1\\ansi\\pard hello \\b wo\\b0 rld\\par\r\nx\\line\\tab y}",
     "hello world\nx\n\ty||"},
    {"escapes", "{\\rtf1 a\\{b\\}\\\\c\\~d\\-e\\_f}", "a{b}\\c de-f||"},
    {"tables_go", "{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;}{\\info{\\title t}}{\\pict 00}x}",
     "x||"},
    {"unknown_destinations_go", "{\\rtf1{\\*\\generator g{\\b h}}x{\\unknown y}}", "xy||"},
    {"text_of_a_shape", "{\\rtf1{\\shp{\\*\\shpinst{\\sp{\\sn n}{\\sv v}}{\\shptxt x}}}}", "x||"},
    {"destination_behind_a_word", "{\\rtf1\\b\\info x}", "x||"},
    {"code_page", "{\\rtf1\\ansi\\ansicpg932 \\'8c\\'9f\\'8d\\'b8 \\'83e}", "検査 テ||"},
    {"no_code_page", "{\\rtf1 caf\\'e9\\'8}", "café||"},
    {"unicode", "{\\rtf1\\u26908?\\u26619 ?\\uc2\\u-10179 ab\\u-8704\\'61\\'62c}", "検査😀c||"},
    {"unicode_without_substitutes", "{\\rtf1\\uc0\\u26908\\u26619 x}", "検査x||"},
    {"substitutes_end_with_the_group", "{\\rtf1{\\u26908}x}", "検x||"},
    {"word_as_a_substitute", "{\\rtf1\\u8220\\ldblquote x}", "“x||"},
    {"hidden", "{\\rtf1 a{\\v b}c\\v d\\v0 e\\v f\\plain g}", "aceg|bdf|"},
    {"field",
     "{\\rtf1{\\field{\\*\\fldinst{ HYPERLINK {\\b \"http://a/\\u63?x\"} \\\\o \"t\"}}{\\fldrslt "
     "go}}}",
     "go|||http://a/?x"},
    {"bare_field", "{\\rtf1{\\field{\\*\\fldinst hyperlink http://a/ }{\\fldrslt go}}}",
     "go|||http://a/"},
    {"field_without_end", "{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"http://a/", "|||http://a/"},
    {"field_of_another_kind", "{\\rtf1{\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}}", "1||"},
    {"html_inside",
     "{\\rtf1\\fromhtml1{\\*\\htmltag84 <a href=\"u\">}\\htmlrtf {\\b\\htmlrtf0 x\\htmlrtf \\par "
     "}\\htmlrtf0 y}",
     "xy||<a href=\"u\">"},
    {"binary", "{\\rtf1{\\pict\\bin3 }}}}x\\bin2}}y\\bin1 \\z}", "xyz||"},
    {"no_group", "x\\", "x||"},
    {"more_ends_than_groups", "{\\rtf1 x}}}y", "xy||"},
};

TEST(RtfText, ReadsHoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(shown({row.in}), row.out);
    expect_same_for_every_split(row.in, [](const auto& chunks) { return shown(chunks); });
  }
}

TEST(RtfText, GroupsDeeperThanTheLimitAreRead) {
  std::string deep = "{\\rtf1";
  for (size_t i = 0; i < 2 * RtfText::kDepthMax; ++i) deep += "{";
  deep += "x";
  for (size_t i = 0; i < 2 * RtfText::kDepthMax; ++i) deep += "}";
  EXPECT_EQ(shown({deep + "y"}), "xy||");
}

TEST(RtfText, AFieldIsCut) {
  const std::string link(2 * RtfText::kFieldBytesMax, 'a');
  EXPECT_LE(shown({"{\\rtf1{\\*\\fldinst HYPERLINK " + link}).size(), RtfText::kFieldBytesMax);
}

TEST(RtfText, IsKnownByItsFirstBytes) {
  EXPECT_TRUE(looks_like_rtf("{\\rtf1"));
  EXPECT_TRUE(looks_like_rtf("\r\n {\\rt"));
  EXPECT_FALSE(looks_like_rtf("{\\r"));
  EXPECT_FALSE(looks_like_rtf("x{\\rtf1"));
}

}  // namespace
}  // namespace sekisho::codec
