#include "codec/meta_charset.h"

#include <gtest/gtest.h>

namespace sekisho::codec {
namespace {

struct Row {
  const char* name;
  std::string_view in, charset;
};

const Row kRows[] = {
    {"none", "<html><head>charset=koi8-r", ""},
    {"attribute", "<html><META/ charset = 'KOI8-R' >", "KOI8-R"},
    {"bare", "<meta name=x charset=koi8-r>", "koi8-r"},
    {"content", "<meta content='text/html; charsets charset = x-sjis;a' http-equiv=Content-Type>",
     "x-sjis"},
    {"quotes_in_content", "<meta http-equiv=content-type content='a;charset=\"big5\"'>", "big5"},
    {"content_of_another_meta", "<meta name=x content='a;charset=big5'>", ""},
    {"first_attribute_counts", "<meta charset=big5 charset=gbk>", "big5"},
    {"first_meta_counts", "<meta charset=big5><meta charset=gbk>", "big5"},
    {"unknown_one_is_passed_over", "<meta charset=klingon><meta charset=gbk>", "gbk"},
    {"inside_raw_text", "<title><meta charset=gbk></title>", "gbk"},
    {"inside_a_comment", "<!-- <meta charset=gbk> --><!--><meta charset=big5>", "big5"},
    {"inside_an_attribute", "<a x='<meta charset=gbk>' y=\"\"><meta charset=big5>", "big5"},
    {"inside_a_declaration", "<!x <meta charset=gbk><? y ></><meta charset=big5>", "big5"},
    {"another_name", "<metal charset=gbk>", ""},
    {"xml", "<?xml version='1.0' encoding=\"euc-jp\"?><svg>", "euc-jp"},
    {"xml_of_an_unknown_one", "<?xml encoding='klingon'?><meta charset=gbk>", "gbk"},
    {"utf16_says_so_in_ascii", "<meta charset=utf-16>", "utf-8"},
    {"cut_in_a_value", "<meta charset='gb", ""},
};

TEST(MetaCharset, IsWhatABrowserFinds) {
  for (const Row& row : kRows) EXPECT_EQ(meta_charset(row.in), row.charset) << row.name;
}

TEST(MetaCharset, IsLookedForInTheFirstBytes) {
  const std::string meta = "<meta charset=gbk>";
  EXPECT_EQ(meta_charset(std::string(kMetaCharsetBytes - meta.size(), ' ') + meta), "gbk");
  EXPECT_EQ(meta_charset(std::string(kMetaCharsetBytes, ' ') + meta), "");
}

// Each byte of it may be what opens something.
TEST(MetaCharset, AnyCutIsRead) {
  for (const Row& row : kRows)
    for (size_t size = 0; size < row.in.size(); ++size) meta_charset(row.in.substr(0, size));
}

}  // namespace
}  // namespace sekisho::codec
