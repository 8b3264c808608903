#include "mail/part_walk.h"

#include <gtest/gtest.h>

#include <map>

#include "every_split.h"
#include "part_walk_text.h"
#include "tnef_builder.h"

namespace sekisho::mail {
namespace {

const std::string kArchive = "Content-Transfer-Encoding: base64\n\nSElEREVO\n";  // HIDDEN

struct Row {
  const char* name;
  std::string source;
};

// Each hides the same bytes from those who read in one way.
const Row kRows[] = {
    {"plain", "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + kArchive + "--b--\n"},
    {"mail_attached_as_a_file",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream\n\n"
     "From: x\n" +
         kArchive + "--b--\n"},
    {"mail_attached_to_a_mail_attached_as_text",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=a.eml\n\n"
     "Subject: x\nContent-Type: application/x-unknown\n\nReceived: y\n" +
         kArchive + "--b--\n"},
    {"second_boundary_counts",
     "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--b\n" + kArchive + "--b--\n"},
    {"first_boundary_counts",
     "Content-Type: multipart/mixed; boundary=b; boundary=a\n\n--a\n\nx\n--b\n" + kArchive +
         "--b--\n"},
    {"sections_out_of_order",
     "Content-Type: multipart/mixed; boundary*1=b; boundary*0=a\n\n--ba\n" + kArchive + "--ba--\n"},
    {"quote_never_closed",
     "Content-Type: multipart/mixed; boundary=\"b\n\n--b\n" + kArchive + "--b--\n"},
    {"boundary_in_a_comment",
     "Content-Type: multipart/mixed; (boundary=b)\n\n--b\n" + kArchive + "--b--\n"},
    {"boundary_in_an_encoded_word",
     "Content-Type: multipart/mixed; boundary=\"=?us-ascii?Q?b?=\"\n\n--b\n" + kArchive +
         "--b--\n"},
    {"no_boundary_at_all", "Content-Type: multipart/mixed\n\n--b\n" + kArchive + "--b--\n"},
    {"type_without_slash", "Content-Type: boundary=b\n\n--b\n" + kArchive + "--b--\n"},
    {"second_type_counts",
     "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + kArchive +
         "--b--\n"},
    {"field_behind_a_fold",
     "X-Foo\n Content-Type: multipart/mixed; boundary=b\n\n--b\n" + kArchive + "--b--\n"},
    {"field_behind_a_control",
     "A: b\n\vContent-Type: multipart/mixed; boundary=b\n\n--b\n" + kArchive + "--b--\n"},
    {"field_without_colon", "Content-Transfer-Encoding base64\n\nSElEREVO\n"},
    {"field_behind_a_cr", "A: b\rContent-Transfer-Encoding: base64\n\nSElEREVO\n"},
    {"delimiter_with_more",
     "Content-Type: multipart/mixed; boundary=b\n\n--bX\n" + kArchive + "--bX--\n"},
    {"delimiter_behind_a_cr",
     "Content-Type: multipart/mixed; boundary=b\n\n\r--b\n" + kArchive + "\n--b\n\nx\n--b--\n"},
    {"delimiter_with_blanks", "Content-Type: multipart/mixed; boundary=b\n\n--b" +
                                  std::string(3000, ' ') + "\n" + kArchive + "--b--\n"},
    {"outer_delimiter_inside",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\n"
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
     "Content-Transfer-Encoding: base64\n\n--a\nSElEREVO\n--b--\n--a--\n"},
    {"multipart_that_is_base64", "Content-Type: multipart/mixed; boundary=b\n" + kArchive},
    {"two_encodings",
     "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: base64\n\nSElEREVO\n"},
    {"unknown_encoding", "Content-Transfer-Encoding: gold\n\nSElEREVO\n"},
    {"padding_in_groups", "Content-Transfer-Encoding: base64\n\nSE=lERE=VO=\n"},
    {"junk_to_the_line_end", "Content-Transfer-Encoding: base64\n\nSEl#abc\nEREVO\n"},
    {"lines_of_six", "Content-Transfer-Encoding: base64\n\nSElEXX\nREVOXX\n"},
    {"broken_escapes", "Content-Transfer-Encoding: quoted-printable\n\n=XXHID=XXDEN"},
    {"uuencode_in_text", "A: b\n\nbegin 644 x\n&2$E$1$5.\nend\n"},
    {"uuencode_without_begin", "Content-Transfer-Encoding: x-uu\n\n&2$E$1$5.\n"},
    {"message_in_base64",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
     "Q29udGVudC1UcmFuc2Zlci1FbmNvZGluZzogYmFzZTY0CgpTRWxFUkVWTwo=\n"},
    {"header_behind_an_empty_line",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + kArchive + "--b--\n"},
    {"byte_order_mark", "\xEF\xBB\xBF" + kArchive},
};

TEST(PartWalk, FindsWhatAnyClientWould) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const std::string text = PartWalkText().play({row.source});
    EXPECT_NE(text.find("\nHIDDEN\nend "), std::string::npos) << text;
  }
}

// RFC 2046 §5.1.1 allows 70 bytes; no client counts them.
TEST(PartWalk, FindsWhatStandsBehindALongBoundary) {
  for (const size_t length : {71u, 257u, 1500u, 16000u}) {
    const std::string boundary(length, 'b');
    const std::string mail = "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" +
                             boundary + "\n" + kArchive + "--" + boundary + "--\n";
    EXPECT_NE(PartWalkText().play({mail}).find("\nHIDDEN\nend "), std::string::npos) << length;
  }
}

TEST(PartWalk, SameEventsHoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    expect_same_for_every_split(row.source, [](const std::vector<std::string_view>& chunks) {
      return PartWalkText().play(chunks);
    });
  }
}

TEST(PartWalk, FilesInAContainerArePartsWithAllTheirNames) {
  const std::string data = attribute(2, 0x6800f, "HIDDEN"),
                    title = attribute(2, 0x18010, "A~1.EXE");
  const std::string long_name =
      attribute(2, 0x69005, number(1, 4) + variable(0x3707, 0x1f, utf16("a long name.exe")));
  const std::string message =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n"
      "Content-Type: application/octet-stream; name=anything\n\n" +
      tnef(data + title + long_name) + "\n--b\nContent-Type: application/applefile\n\n" +
      apple_head(0x51600, 1) + apple_entry(3, 38, 5) + "a.exe" + "\n--b--\n";
  const std::string text = PartWalkText().play({message});
  EXPECT_NE(text.find("begin 1.2/1\nHIDDEN\n"
                      "end 1.2/1 application/octet-stream A~1.EXE or a long name.exe leaf\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("end 1.3/1 application/octet-stream a.exe leaf\n"), std::string::npos);
  EXPECT_EQ(text.find("file_in_text"), std::string::npos);  // it is no oddity
  expect_same_for_every_split(message,
                              [](const auto& chunks) { return PartWalkText().play(chunks); });
}

TEST(PartWalk, CleanMailHasOneReading) {
  for (
      const std::string_view source :
      {"Subject: x\r\n\r\nhello\r\n",
       "Content-Type: multipart/mixed; boundary=\"=_a b\"\r\n\r\n--=_a b\r\n\r\nx\r\n--=_a b--\r\n",
       "DKIM-Signature: v=1; h=From:\r\n Content-Type:To; b=x\r\nContent-Type: text/plain\r\n\r\nx",
       "Content-Type: text/plain; name=\"a (1).txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
       "QUJDRA==\r\n",
       "Content-Transfer-Encoding: quoted-printable\r\n\r\n=41=\r\n \r\n"}) {
    const std::string text = PartWalkText().play({source});
    EXPECT_EQ(text.find("reading ", 1), std::string::npos) << text;
  }
}

TEST(PartWalk, MoreFilesThanTheLimitAreOne) {
  MimeLimits limits;
  limits.parts = 3;
  std::string source = "A: b\n\n";
  for (int i = 0; i < 10; ++i) source += "begin 644 x\n#0V%T\nend\n";
  const std::string text = PartWalkText(limits).play({source});
  EXPECT_NE(text.find("begin 1/3"), std::string::npos);
  EXPECT_EQ(text.find("begin 1/4"), std::string::npos);
  EXPECT_NE(text.find("CatCatCatCatCatCatCatCat\nend 1/3"), std::string::npos) << text;
}

// The objects of all leaves that have ended, in all readings; readings may repeat some.
std::vector<std::pair<uint64_t, std::string>> objects_of(const std::string& source) {
  std::vector<std::pair<uint64_t, std::string>> objects;
  std::string body;
  PartWalk walk([&](const WalkEvent& event) {
    if (event.kind == WalkEvent::Kind::kHeadersEnd) body.clear();
    if (event.kind == WalkEvent::Kind::kDecoded) body += event.bytes;
    if (event.kind == WalkEvent::Kind::kPartEnd && event.is_leaf)
      objects.emplace_back(event.object, body);
  });
  ReadingPlan plan;
  while (const auto reading = plan.next()) {
    walk.begin(*reading);
    walk.feed(source);
    plan.note(*reading, walk.finish());
  }
  return objects;
}

// Who looks at each object once must not pass over other bytes of the same name.
TEST(PartWalk, OneObjectIsAlwaysTheSameBytes) {
  const std::string clean = "begin 644 x\n&0TQ%04Y?\nend\n",
                    hidden = "begin 644 x\n&2$E$1$5.\nend\n";
  const auto nested = [](const std::string& encoding, const std::string& bytes) {
    return "--b\nContent-Type: message/rfc822\n" + encoding + "\n" + bytes + "\n";
  };
  const std::string box = "Content-Type: multipart/mixed; boundary=b\n\n";
  const std::string base64 = "Content-Transfer-Encoding: base64\n";
  const std::string rows[] = {
      // two messages in base64: "A: b", an empty line and one of the files
      box + nested(base64, "QTogYgoKYmVnaW4gNjQ0IHgKJjBUUSUwNFk/CmVuZAo=") +
          nested(base64, "QTogYgoKYmVnaW4gNjQ0IHgKJjIkRSQxJDUuCmVuZAo=") + "--b--\n",
      // before the first and behind the last part
      box + clean + "--b\n\nx\n--b--\n" + hidden,
      // one message that is quoted-printable for some, base64 for others
      box + nested("Content-Transfer-Encoding: quoted-printable\n" + base64, "QTogYgoKSElEREVO") +
          "--b--\n",
  };
  for (const std::string& row : rows) {
    std::map<uint64_t, std::string> seen;
    for (const auto& [object, body] : objects_of(row)) {
      const auto [at, is_new] = seen.emplace(object, body);
      EXPECT_EQ(at->second, body) << row;
    }
    EXPECT_GE(seen.size(), 2u);
  }
}

}  // namespace
}  // namespace sekisho::mail
