// What rules see of a message, through the whole pipeline.

#include <gtest/gtest.h>

#include "base/file.h"
#include "inspect/pipeline.h"
#include "inspect/text_reader.h"
#include "mail_pieces.h"

namespace sekisho::inspect {
namespace {

std::string hits_of(const std::string& rule_text, const std::string& message) {
  std::vector<rules::RuleError> errors;
  const auto set = rules::RuleSet::parse({{"test.cf", rule_text}}, errors);
  EXPECT_TRUE(errors.empty());
  auto pipeline = Pipeline::make(set, nullptr, testing::TempDir());
  auto file = make_unlinked_file(testing::TempDir());
  EXPECT_TRUE(pipeline && file && write_at(file->get(), message, 0));
  Job job;
  job.size = message.size();
  std::string names;
  for (const ScoredHit& hit : (*pipeline)->run(file->get(), job).findings.hits)
    names += (names.empty() ? "" : " ") + hit.rule;
  return names;
}

TEST(PipelineRules, BothReadingsOfWronglyLabelledTextAreMatched) {
  const auto text = [](const char* charset, const std::string& bytes) {
    return "Content-Type: text/plain; charset=" + std::string(charset) + "\r\n\r\n" + bytes;
  };
  const std::string rules = "body J /検査/\nbody A /plain/\ntflags A multiple maxhits=9\n";
  // 検査のために in Shift_JIS.
  const std::string shift_jis = "plain \x8C\x9F\x8D\xB8\x82\xCC\x82\xBD\x82\xDF\x82\xC9";
  EXPECT_EQ(hits_of(rules, text("iso-2022-jp", shift_jis)), "A J");
  EXPECT_EQ(hits_of(rules, text("us-ascii", "plain 検査のために")), "A J");
  EXPECT_EQ(hits_of(rules, text("iso-8859-1", "plain 検査のために")), "A J");
  EXPECT_EQ(hits_of("body B /plain.*plain/\nbody W /\xC3\xA6\xC2\xA4/\n",
                    text("iso-8859-1", "plain 検査のために")),
            "W");
}

// RFC 3676 §4.2: where spaces are deleted, another client shows other words.
TEST(PipelineRules, FlowedLinesAreReadAsAClientShowsThem) {
  const std::string rules =
      "body J /joined words/\nbody S /joi ned/\nuri U /example\\.jp\\/a\\/b$/\nbody Q /one two/\n"
      "body A /plain/\ntflags A multiple maxhits=9\nmeta B A > 1\n";
  const std::string body =
      "plain joi \r\nned words http://example.jp/a \r\n/b\r\n> one \r\n> two\r\n";
  const auto text = [&](const char* type) {
    return "Content-Type: " + std::string(type) + "\r\n\r\n" + body;
  };
  EXPECT_EQ(hits_of(rules, text("text/plain; format=flowed; delsp=yes")), "A J S U");
  EXPECT_EQ(hits_of(rules, text("text/plain; format=Flowed")), "A Q S");
  EXPECT_EQ(hits_of(rules, text("text/plain; delsp=yes")), "A S");
  EXPECT_EQ(hits_of(rules, text("text/x-other; format=flowed; delsp=yes")), "A S");
}

TEST(PipelineRules, AUriThatAHardWrapPartsIsReadBothWays) {
  const std::string rules = "uri W /example\\.jp\\/ab$/\nuri L /example\\.jp\\/a$/\n";
  const std::string body = "\r\n\r\n<http://example.jp/a\r\nb>\r\n";
  EXPECT_EQ(hits_of(rules, "Content-Type: text/plain" + body), "L W");
  EXPECT_EQ(hits_of(rules, "Content-Type: text/plain; format=flowed" + body), "L W");
}

TEST(PipelineRules, PagesInAPageAreReadInTheirCharset) {
  const std::string rules = "body B /inner words/\nuri U /inner\\.example/\nbody J /検査/\n";
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<iframe srcdoc=\"<b>inner</b> words &#26908;査 "
                                      "<a href='http://inner.example/'>x</a>\"></iframe>"),
            "B J U");
  // Too short to speak for Shift_JIS.
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<iframe src='data:text/html;charset=x-sjis,"
                                      "<b>inner</b>%20words%8C%9F%8D%B8'></iframe>"),
            "B J");
}

// 検査 is too short to speak for Shift_JIS itself.
TEST(PipelineRules, APageIsReadInTheCharsetThatItStates) {
  const std::string rules = "body J /検査/\n", bytes = "\x8C\x9F\x8D\xB8";
  const std::string html = "Content-Type: text/html", end = "\r\n\r\n";
  const std::string meta = "<html><meta charset=x-sjis><p>" + bytes;
  EXPECT_EQ(hits_of(rules, html + end + "<p>" + bytes), "");
  EXPECT_EQ(hits_of(rules, html + end + meta), "J");
  EXPECT_EQ(hits_of(rules, html + "; charset=iso-8859-1" + end + meta), "J");
  EXPECT_EQ(hits_of(rules, html + end + "<title><meta charset=x-sjis></title>" + bytes), "J");
  EXPECT_EQ(
      hits_of(rules, html + end + std::string(2000, ' ') +
                         "<meta http-equiv=Content-Type content='a; charset=x-sjis'>" + bytes),
      "J");
}

TEST(PipelineRules, AnAttachedPageInUtf16IsRead) {
  const std::string page = "<html><a href='http://attached.example.com/'>x</a>";
  std::string little, big;
  for (const char c : page) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  for (const std::string& bytes : {little, big, "\xFF\xFE" + little, "\xFE\xFF" + big})
    EXPECT_EQ(hits_of("uri U /attached\\.example/\n",
                      "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: "
                      "base64\r\n\r\n" +
                          base64(bytes)),
              "U");
}

TEST(PipelineRules, TheSameBytesAreMatchedAsEachTypeAndCharsetThatClientsRead) {
  const std::string type = "Content-Type: text/", end = "\r\n";
  EXPECT_EQ(hits_of("body V /viagra/\n",
                    type + "plain" + end + type + "html" + end + end + "via<b>gra</b>"),
            "V");
  EXPECT_EQ(hits_of("body V /viagra/\n",
                    type + "html" + end + type + "plain" + end + end + "via<b>gra</b>"),
            "V");
}

TEST(PipelineRules, RtfIsRead) {
  const std::string rules =
      "body B /viagra 検査/\nhidden H /unseen/\nuri U /^http:..field\\.example/\nuri T /tagged/\n";
  const std::string rtf =
      R"({\rtf1\ansi\ansicpg932{\fonttbl{\f0 viagra;}}\pard via\b gra\b0  \'8c\'9f\'8d\'b8\par)"
      R"({\*\htmltag84 <a href="http://tagged.example.com/">}{\v unseen})"
      R"({\field{\*\fldinst HYPERLINK "http://field.example.com/"}{\fldrslt x}}})";
  for (const char* type : {"text/rtf", "application/rtf"})
    EXPECT_EQ(hits_of(rules, "Content-Type: " + std::string(type) + "\r\n\r\n" + rtf), "B H T U");
  EXPECT_EQ(hits_of(rules, "Content-Type: application/msword\r\n\r\n" + rtf), "T U");
}

// Which text is hidden is a guess: no rule may miss a word by it.
TEST(PipelineRules, WordsOfHiddenAndVisibleTextAreMatchedAsTheyStand) {
  const std::string rules = "body W /word/\ntflags W multiple maxhits=9\n";
  EXPECT_EQ(hits_of(rules, kHtmlTop + "wo<i hidden>r</i>d"), "W");
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<p>a<i hidden>b</i>c<p>wo<i>r</i>d"), "W");
  const std::string two = "body T /word/\ntflags T multiple maxhits=9\nmeta M T > 2\n";
  EXPECT_EQ(hits_of(two, kHtmlTop + "word<i hidden>word</i>"), "T");
  EXPECT_EQ(hits_of("visible V /word/\nhidden H /word/\n", kHtmlTop + "wo<i hidden>r</i>d"), "");
}

TEST(PipelineRules, WhatNoClientShowsPartsNoWord) {
  const std::string rules = "body W /viagra/\nvisible V /viagra/\n";
  const std::string text = "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  for (const std::string& nothing :
       {std::string(1, '\0'), std::string("\x01"), std::string("\x7F"), std::string("\u0086"),
        std::string("\u00AD"), std::string("\u200B"), std::string("\u2060"), std::string("\u034F")})
    for (const std::string& top : {text, kHtmlTop})
      EXPECT_EQ(hits_of(rules, top + "buy via" + nothing + "gra"), "V W") << nothing;
  EXPECT_EQ(hits_of(rules, kHtmlTop + "via&shy;g&zwnj;r<!-- -->&#1;<wbr>a"), "V W");
}

TEST(PipelineRules, CommentsAreReadUpToALimit) {
  const std::string rules = "body B /secret word/\nuri U /commented/\nvisible V /secret/\n";
  const std::string comment = "<!-- secret\nword http://commented.example.com/ -->";
  EXPECT_EQ(hits_of(rules, kHtmlTop + "a" + comment + "b"), "B U");
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<!--[if mso]>secret word<![endif]-->"), "B V");
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<!--" + std::string(TextReader::kCommentBytesMax, ' ') +
                               "-->" + comment),
            "");
}

TEST(PipelineRules, UriRulesSeeEachForm) {
  const std::pair<const char*, const char*> rows[] = {
      {"^HTTP://%65xample", "<a href='HTTP://%65xample.com/'>x</a>"},
      {"^http://example\\.com/", "<a href='HTTP://%65xample.com'>x</a>"},
      {"^http://inner\\.example\\.org/a$",
       "<a href='http://r.example.com/?to=http%3A%2F%2Finner.example.org/a&x'>x</a>"},
      {"^mailto:one@example\\.com$", "one@example.com"},
      {"^http://www\\.example\\.com", "see www.example.com."},
      {"^javascript:", "<a href='javascript:alert(1)'>x</a>"},
      {"^http://form\\.example", "<form action='http://form.example.com/'>"},
      {"^http://next\\.example",
       "<meta http-equiv=refresh content='0;url=http://next.example.com/'>"},
      {"^https://back\\.example\\.com/a$",
       R"(<base href='http://a/b'><a href='https:\\back.example.com\a'>x</a>)"},
      {"^http://back\\.example\\.com/a$",
       R"(<base href='http://a/b'><a href='\\back.example.com\a'>x</a>)"},
      {"^http://back\\.example\\.com/a$", R"(<a href='\\back.example.com\a'>x</a>)"},
      {"^http://a/back$", R"(<base href='http://a/b'><a href='\back'>x</a>)"},
      {"^http://hidden\\.example", "<p hidden>http://hidden.example.com/</p>"},
  };
  for (const auto& [pattern, html] : rows)
    EXPECT_EQ(hits_of("uri U m{" + std::string(pattern) + "}\n", kHtmlTop + html), "U") << html;
  EXPECT_EQ(hits_of("uri U /./\n", kHtmlTop + "<a href='#top'>x</a> <a href='/x'>y</a>"), "");
  EXPECT_EQ(hits_of("uri U /listed/\n", "List-Unsubscribe: <http://listed.example.com/>\r\n\r\nx"),
            "U");
}

// Those of a message in a message are parts' too; of the ways to read it, the standard one counts.
TEST(PipelineRules, MimeHeaderRulesSeeEachPart) {
  const std::string message =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: image/gif;\r\n\tname=a.gif\r\n\r\nx\r\n"
      "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx\r\n--b--\r\n";
  EXPECT_EQ(hits_of("mimeheader A Content-Type =~ /^multipart/\n"
                    "mimeheader B Content-Type =~ /^image.gif; name=a/\n"
                    "mimeheader C Content-Type =~ /^\\S/\ntflags C multiple\n"
                    "mimeheader D Subject =~ /^inner/\nmeta E C == 3\n"
                    "mimeheader F Content-Type !~ /gif/\n",
                    message),
            "A B C D E");
}

TEST(PipelineRules, RulesSeeFilesAndDefects) {
  const std::string zip =
      "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; "
      "filename=b.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      base64(fixture("zipcrypto_cp932.zip"));
  const std::string rules =
      "attachment A /^a\\.pdf\\tapplication\\/zip$/\nattachment B /^b\\.zip\\tapplication\\/zip$/\n"
      "attachment C /^b\\.zip\\/.+\\t$/\nattachment D /^$/\n"
      "defect E /^missing_final_boundary$/\ndefect F /^duplicate_content_type$/\n"
      "attachment G /^hidden\\.exe\\t/\n";
  const std::string box = "Content-Type: multipart/mixed; boundary=b\r\n";
  EXPECT_EQ(hits_of(rules, zip), "A B C");
  EXPECT_EQ(hits_of(rules, box + "\r\n--b\r\n\r\nhello\r\n"), "E");
  EXPECT_EQ(hits_of(rules, "Content-Type: text/plain\r\n" + box + "\r\n--b\r\n" +
                               "Content-Type: a/b; name=hidden.exe\r\n\r\nhello\r\n--b--\r\n"),
            "F G");
}

}  // namespace
}  // namespace sekisho::inspect
