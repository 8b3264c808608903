#include "codec/html_sniff.h"

#include <gtest/gtest.h>

#include <string>

namespace sekisho::codec {
namespace {

TEST(HtmlSniff, KnowsWhatABrowserTakesForHtml) {
  EXPECT_TRUE(looks_like_html("<!DOCTYPE HTML>"));
  EXPECT_TRUE(looks_like_html(" \r\n\t<a href=\"data:x\">"));
  EXPECT_TRUE(looks_like_html("\xEF\xBB\xBF<script>"));
  EXPECT_TRUE(looks_like_html("<!--x"));
}

TEST(HtmlSniff, AndNothingElse) {
  EXPECT_FALSE(looks_like_html(""));
  EXPECT_FALSE(looks_like_html("   "));
  EXPECT_FALSE(looks_like_html("<"));
  EXPECT_FALSE(looks_like_html("<abbr>"));
  EXPECT_FALSE(looks_like_html("<a"));
  EXPECT_FALSE(looks_like_html("text <html>"));
  EXPECT_FALSE(looks_like_html("PK\x03\x04<html>"));
  EXPECT_FALSE(looks_like_html(std::string(kHtmlSniffBytes, ' ') + "<html>"));
}

TEST(HtmlSniff, KnowsThePageByItsName) {
  EXPECT_TRUE(is_html_file_name("invoice.pdf.HTM"));
  EXPECT_TRUE(is_html_file_name("a.xhtml . "));
  EXPECT_FALSE(is_html_file_name("html"));
  EXPECT_FALSE(is_html_file_name("a.html.txt"));
}

}  // namespace
}  // namespace sekisho::codec
