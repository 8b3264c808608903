#include "inspect/pipeline.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "inspect/part_reader.h"

namespace sekisho::inspect {
namespace {

std::string eicar() {
  return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
}

std::string fixture(const std::string& name) {
  return read_file(SOURCE_DIR "/tests/unit/attachment/fixtures/" + name).value();
}

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k)
      out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    if (i % 57 == 54) out += "\r\n";
  }
  return out + "\r\n";
}

class PipelineTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    antivirus::EngineOptions options;
    options.scratch = testing::TempDir();
    auto loaded = antivirus::Engine::load({SOURCE_DIR "/signatures"}, options);
    ASSERT_TRUE(loaded) << loaded.error().message;
    engine_ = std::move(*loaded);
    std::vector<rules::RuleError> errors;
    rules_ = rules::RuleSet::load({SOURCE_DIR "/rules"}, errors);
  }

  static void TearDownTestSuite() {
    engine_.reset();
    rules_.reset();
  }

  Verdict inspect(const std::string& message) {
    auto pipeline = Pipeline::make(rules_, engine_.get(), testing::TempDir());
    auto file = make_unlinked_file(testing::TempDir());
    EXPECT_TRUE(pipeline && file);
    EXPECT_TRUE(write_at(file->get(), message, 0));
    Job job;
    job.size = message.size();
    job.policies = {Policy{}};
    return (*pipeline)->run(file->get(), job);
  }

  static std::unique_ptr<antivirus::Engine> engine_;
  static std::shared_ptr<const rules::RuleSet> rules_;
};

std::unique_ptr<antivirus::Engine> PipelineTest::engine_;
std::shared_ptr<const rules::RuleSet> PipelineTest::rules_;

const std::string kTop = "From: a@example.com\r\nSubject: =?utf-8?B?44OG?=\r\n";

TEST_F(PipelineTest, FindsAVirusHoweverItIsWrapped) {
  const std::string part =
      "Content-Type: application/octet-stream\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n" +
      base64(eicar());
  const std::string inner = kTop + part;
  const std::pair<const char*, std::string> rows[] = {
      {"plain", kTop + "\r\n" + eicar() + "\r\n"},
      {"base64", kTop + part},
      {"quoted-printable", kTop + "Content-Transfer-Encoding: quoted-printable\r\n\r\nX5O!P%=\r\n" +
                               eicar().substr(6) + "\r\n"},
      {"multipart",
       kTop + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + "--b--\r\n"},
      {"message", kTop + "Content-Type: message/rfc822\r\n\r\n" + inner},
      {"message in base64", kTop +
                                "Content-Type: message/rfc822\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\n" +
                                base64(inner)},
  };
  for (const auto& [name, message] : rows)
    EXPECT_FALSE(inspect(message).findings.viruses.empty()) << name;
}

TEST_F(PipelineTest, AttachmentsAreExaminedInEachPartAndReading) {
  const std::string zip =
      "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      base64(fixture("zipcrypto_cp932.zip"));
  const std::string box = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
  const std::string inner = "Content-Type: message/rfc822\r\n\r\n" + kTop + zip;
  for (const std::string& message :
       {kTop + zip, kTop + box + zip + "--b--\r\n", kTop + box + inner + "--b--\r\n"}) {
    const Verdict verdict = inspect(message);
    EXPECT_EQ(verdict.findings.attachments, std::vector<std::string>{"encrypted zip"});
    EXPECT_EQ(verdict.decisions[0].action, Action::kTag);
    EXPECT_EQ(verdict.decisions[0].reason, "attachment encrypted");
  }
  EXPECT_TRUE(inspect(kTop + "\r\nhello\r\n").findings.attachments.empty());
}

TEST_F(PipelineTest, NamesCountWithoutContent) {
  const Verdict verdict = inspect(kTop + "Content-Disposition: attachment; filename=a.scr\r\n\r\n");
  EXPECT_EQ(verdict.findings.attachments, std::vector<std::string>{"executable program"});
  EXPECT_EQ(verdict.decisions[0].reply_code, 554);
}

TEST_F(PipelineTest, CleanMailIsCleanAndDescribed) {
  const Verdict verdict = inspect(kTop + "Message-ID: <x@y>\r\nReceived: a\r\n\r\nhello\r\n");
  EXPECT_TRUE(verdict.findings.viruses.empty());
  EXPECT_TRUE(verdict.findings.unscanned.empty());
  EXPECT_EQ(verdict.findings.subject, "テ");
  EXPECT_EQ(verdict.findings.from, "a@example.com");
  EXPECT_EQ(verdict.findings.message_id, "<x@y>");
  EXPECT_EQ(verdict.findings.received, 1u);
  EXPECT_EQ(verdict.decisions[0].action, Action::kAccept);
}

TEST_F(PipelineTest, AMessageInsideBase64IsWalkedWhateverItsSize) {
  const std::string part = "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(eicar());
  const std::string inner = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" +
                            std::string(PartReader::kMailReadingBytesMax + 1000, 'x') + "\r\n" +
                            part + "--b--\r\n";
  const Verdict verdict =
      inspect(kTop + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
              base64(inner));
  EXPECT_FALSE(verdict.findings.viruses.empty());
  EXPECT_TRUE(verdict.findings.unscanned.empty());
}

TEST_F(PipelineTest, EachReadingOfAnAmbiguousMessageIsScanned) {
  const std::string virus =
      "Content-Transfer-Encoding: base64\r\n\r\n" + base64(eicar()) + "--b--\r\n";
  const std::pair<const char*, std::string> rows[] = {
      {"second boundary", "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--b\r\n"},
      {"second type",
       "Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"},
      {"no boundary", "Content-Type: multipart/mixed\r\n\r\n--b\r\n"},
      {"folded away", "X-Foo\r\n Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"},
  };
  const std::string filler(PartReader::kMailReadingBytesMax, 'x');  // too much for libclamav's own
  for (const auto& [name, head] : rows) {
    const Findings findings = inspect(kTop + head + virus + filler + "\r\n").findings;
    EXPECT_FALSE(findings.viruses.empty()) << name;
    EXPECT_FALSE(findings.defects.empty()) << name;
  }
}

TEST_F(PipelineTest, MoreNestingThanIsWalkedIsUnscanned) {
  std::string message = kTop;
  for (int i = 0; i < 80; ++i)
    message += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
               std::to_string(i) + "\r\n";
  const Findings findings = inspect(message + "\r\nx\r\n").findings;
  EXPECT_NE(std::find(findings.unscanned.begin(), findings.unscanned.end(), "too_deep"),
            findings.unscanned.end());
}

TEST_F(PipelineTest, ForgedFieldsAreTakenOutWithTheirFolds) {
  const std::string forged = "X-Spam-Status: No,\r\n score=-100\r\nx-spam-flag: NO\r\n";
  const Verdict verdict = inspect("A: 1\r\n" + forged + kTop + "\r\nx\r\n");
  const auto& edits = verdict.decisions[0].edits;
  ASSERT_EQ(edits.size(), 2u);
  EXPECT_EQ(edits[1], (Edit{6, forged.size(), ""}));
}

TEST_F(PipelineTest, TooManyForgedFieldsAreUnscanned) {
  std::string message;
  for (int i = 0; i < 300; ++i) message += "X-Spam-Flag: NO\r\nA: b\r\n";
  const Findings findings = inspect(message + "\r\nx\r\n").findings;
  EXPECT_EQ(findings.unscanned, std::vector<std::string>{"too_many_edits"});
}

TEST_F(PipelineTest, ASpoolShorterThanItsJobIsUnscanned) {
  auto pipeline = Pipeline::make(rules_, engine_.get(), testing::TempDir());
  auto file = make_unlinked_file(testing::TempDir());
  ASSERT_TRUE(write_at(file->get(), "A: b\r\n\r\nx", 0));
  Job job;
  job.size = 1000;
  job.policies = {Policy{}};
  EXPECT_EQ((*pipeline)->run(file->get(), job).decisions[0].action, Action::kDefer);
}

const std::string kHtmlTop =
    "From: a@example.com\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";

std::string data_uri(const std::string& type, const std::string& bytes) {
  std::string encoded = base64(bytes);
  std::erase_if(encoded, [](char c) { return c == '\r' || c == '\n'; });
  return "data:" + type + ";base64," + encoded;
}

TEST_F(PipelineTest, WhatStandsInADataUriIsScanned) {
  std::string percent;
  for (const char c : eicar()) percent += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  const std::string base64_uri = data_uri("a/b", eicar());
  const auto page = [](const std::string& uri) { return "<iframe src=\"" + uri + "\"></iframe>"; };
  const std::string in_page = data_uri("text/html", page(base64_uri));
  const std::pair<const char*, std::string> rows[] = {
      {"href", "<a href='" + base64_uri + "'>x</a>"},
      {"percent", "<img src='data:," + percent + "'>"},
      {"style", "<p style=\"background:url(" + base64_uri + ")\">"},
      {"sheet", "<style>p{background:url('" + base64_uri + "')}</style>"},
      {"long head", "<img src='" + data_uri("a/b;x=" + std::string(1000, 'x'), eicar()) + "'>"},
      {"srcset", "<img srcset='a.png 1x, " + base64_uri + " 2x'>"},
      {"refresh", "<meta http-equiv=refresh content='0;url=" + base64_uri + "'>"},
      {"srcdoc", "<iframe srcdoc=\"<img src='" + base64_uri + "'>\"></iframe>"},
      {"escapes in a style",
       "<p style=\"background:url(\\64 ata\\3a " + base64_uri.substr(5) + ")\">"},
      {"page in a page", page(in_page)},
      {"three deep", page(data_uri("text/html", page(in_page)))},
  };
  for (const auto& [name, html] : rows)
    EXPECT_FALSE(inspect(kHtmlTop + html).findings.viruses.empty()) << name;
}

TEST_F(PipelineTest, WhatStandsInADataUriIsAnAttachment) {
  const std::string program = "MZ" + std::string(58, '\0') + std::string("\x40\0\0\0PE\0\0", 8);
  const std::string link = "<a href='" + data_uri("image/png", program) + "'>x</a>";
  const std::string page = "<iframe src='" + data_uri("text/html", link) + "'></iframe>";
  for (const std::string& html : {link, page, link + "<p>behind it</p>"})
    EXPECT_TRUE(
        inspect(kHtmlTop + html).findings.attachment_list.has(attachment::FindingKind::kExecutable))
        << html;
  EXPECT_TRUE(inspect(kHtmlTop + "<a href='" + data_uri("text/html", "<p>a letter</p>") + "'>")
                  .findings.attachments.empty());
}

// A letter may begin as some image does.
TEST_F(PipelineTest, TextWithoutANameHasItsRealTypeWhereItIsNoPlainText) {
  const auto types = [this](const std::string& type, const std::string& body) {
    const Verdict verdict =
        inspect("From: a@example.com\r\nContent-Type: " + type + "\r\n\r\n" + body);
    std::string words;
    for (const auto& [word, name] : verdict.findings.attachment_list.types()) words += word;
    return words;
  };
  EXPECT_EQ(types("text/plain", "BM 5 letters\r\n"), "");
  EXPECT_EQ(types("text/plain; charset=iso-2022-jp", "\x1b$B4X\x1b(B\r\n"), "");
  EXPECT_EQ(types("text/plain", "%PDF-1.4\r\n"), "application/pdf");
  EXPECT_EQ(types("text/html", fixture("plain.pdf")), "application/pdf");
  EXPECT_EQ(types("text/plain", "GIF89a\x10\x01\x01\x10\x80\r\n"), "image/gif");
}

TEST_F(PipelineTest, APageThatIsAttachedIsReadAsABrowserDoes) {
  const std::string page =
      "<a href=\"" + data_uri("application/octet-stream", eicar()) + "\">x</a>";
  for (const std::string& fields :
       {std::string("Content-Type: application/octet-stream\r\n\r\n"),
        std::string("Content-Type: text/plain; name=\"a.HTML\"\r\n\r\nhello\r\n")}) {
    const Verdict verdict = inspect("From: a@example.com\r\n" + fields + page);
    EXPECT_FALSE(verdict.findings.viruses.empty()) << fields;
  }
}

TEST_F(PipelineTest, DataUrisBeyondTheLimitsAreUnscanned) {
  std::string html = "<img src='data:,x'>";
  for (size_t i = 0; i <= PartReader::kDataDepthMax; ++i)
    html = "<iframe src='" + data_uri("text/html", html) + "'></iframe>";
  EXPECT_EQ(inspect(kHtmlTop + html).findings.unscanned, std::vector<std::string>{"data_too_deep"});
  std::string many;
  for (size_t i = 0; i <= PartReader::kDataPartsMax; ++i) many += "<img src='data:,'>";
  EXPECT_EQ(inspect(kHtmlTop + many).findings.unscanned,
            std::vector<std::string>{"too_many_data_uris"});
}

TEST_F(PipelineTest, UrisAreListedWithTheirDomain) {
  const Verdict verdict = inspect(
      kHtmlTop +
      "<base href='http://base.example.co.jp/a/'><a href=b/c>x</a> hxxp://evil[.]example.com "
      "<a href='HTTP://EXAMPLE.com:80/'>y</a> someone@mail.example.org");
  std::string listed;
  for (const SeenUri& uri : verdict.findings.uris) listed += uri.uri + " " + uri.domain + "\n";
  EXPECT_EQ(listed,
            "http://evil.example.com/ example.com\n"
            "http://base.example.co.jp/a/ example.co.jp\n"
            "http://base.example.co.jp/a/b/c example.co.jp\n"
            "http://example.com/ example.com\n"
            "mailto:someone@mail.example.org example.org\n");
  EXPECT_EQ(verdict.findings.defects, std::vector<std::string>{"obfuscated_uri"});
}

TEST_F(PipelineTest, TooManyUrisAreADefect) {
  std::string html;
  for (size_t i = 0; i <= UriList::kUrisMax; ++i)
    html += fmt::format("<a href='http://a{}.example.com/'>x</a>\r\n", i);
  const Verdict verdict = inspect(kHtmlTop + html);
  EXPECT_EQ(verdict.findings.defects, std::vector<std::string>{"too_many_uris"});
  EXPECT_EQ(verdict.findings.uris.size(), UriList::kListedMax);
}

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

TEST_F(PipelineTest, BothReadingsOfWronglyLabelledTextAreMatched) {
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
TEST_F(PipelineTest, FlowedLinesAreReadAsAClientShowsThem) {
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

TEST_F(PipelineTest, AUriThatAHardWrapPartsIsReadBothWays) {
  const std::string rules = "uri W /example\\.jp\\/ab$/\nuri L /example\\.jp\\/a$/\n";
  const std::string body = "\r\n\r\n<http://example.jp/a\r\nb>\r\n";
  EXPECT_EQ(hits_of(rules, "Content-Type: text/plain" + body), "L W");
  EXPECT_EQ(hits_of(rules, "Content-Type: text/plain; format=flowed" + body), "L W");
}

TEST_F(PipelineTest, PagesInAPageAreReadInTheirCharset) {
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
TEST_F(PipelineTest, APageIsReadInTheCharsetThatItStates) {
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

TEST_F(PipelineTest, AnAttachedPageInUtf16IsRead) {
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

TEST_F(PipelineTest, TheSameBytesAreMatchedAsEachTypeAndCharsetThatClientsRead) {
  const std::string type = "Content-Type: text/", end = "\r\n";
  EXPECT_EQ(hits_of("body V /viagra/\n",
                    type + "plain" + end + type + "html" + end + end + "via<b>gra</b>"),
            "V");
  EXPECT_EQ(hits_of("body V /viagra/\n",
                    type + "html" + end + type + "plain" + end + end + "via<b>gra</b>"),
            "V");
}

TEST_F(PipelineTest, RtfIsRead) {
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
TEST_F(PipelineTest, WordsOfHiddenAndVisibleTextAreMatchedAsTheyStand) {
  const std::string rules = "body W /word/\ntflags W multiple maxhits=9\n";
  EXPECT_EQ(hits_of(rules, kHtmlTop + "wo<i hidden>r</i>d"), "W");
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<p>a<i hidden>b</i>c<p>wo<i>r</i>d"), "W");
  const std::string two = "body T /word/\ntflags T multiple maxhits=9\nmeta M T > 2\n";
  EXPECT_EQ(hits_of(two, kHtmlTop + "word<i hidden>word</i>"), "T");
  EXPECT_EQ(hits_of("visible V /word/\nhidden H /word/\n", kHtmlTop + "wo<i hidden>r</i>d"), "");
}

TEST_F(PipelineTest, WhatNoClientShowsPartsNoWord) {
  const std::string rules = "body W /viagra/\nvisible V /viagra/\n";
  const std::string text = "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  for (const std::string& nothing :
       {std::string(1, '\0'), std::string("\x01"), std::string("\x7F"), std::string("\u0086"),
        std::string("\u00AD"), std::string("\u200B"), std::string("\u2060"), std::string("\u034F")})
    for (const std::string& top : {text, kHtmlTop})
      EXPECT_EQ(hits_of(rules, top + "buy via" + nothing + "gra"), "V W") << nothing;
  EXPECT_EQ(hits_of(rules, kHtmlTop + "via&shy;g&zwnj;r<!-- -->&#1;<wbr>a"), "V W");
}

TEST_F(PipelineTest, CommentsAreReadUpToALimit) {
  const std::string rules = "body B /secret word/\nuri U /commented/\nvisible V /secret/\n";
  const std::string comment = "<!-- secret\nword http://commented.example.com/ -->";
  EXPECT_EQ(hits_of(rules, kHtmlTop + "a" + comment + "b"), "B U");
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<!--[if mso]>secret word<![endif]-->"), "B V");
  EXPECT_EQ(hits_of(rules, kHtmlTop + "<!--" + std::string(TextReader::kCommentBytesMax, ' ') +
                               "-->" + comment),
            "");
}

TEST_F(PipelineTest, UriRulesSeeEachForm) {
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
TEST_F(PipelineTest, MimeHeaderRulesSeeEachPart) {
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

TEST_F(PipelineTest, RulesSeeFilesAndDefects) {
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
