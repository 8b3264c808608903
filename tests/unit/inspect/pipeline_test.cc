#include "inspect/pipeline.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "inspect/part_reader.h"
#include "mail_pieces.h"

namespace sekisho::inspect {
namespace {

std::string eicar() {
  return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
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

}  // namespace
}  // namespace sekisho::inspect
