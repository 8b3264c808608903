#include "mail/mime_parser.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::mail {
namespace {

// All events as text, body chunks of one part joined; checks on the way that the offsets are true.
std::string play(std::string_view source, const std::vector<std::string_view>& chunks,
                 MimeLimits limits = {}) {
  MimeParser parser(limits);
  std::string out, body;
  const auto end_body = [&] {
    if (!body.empty()) out += "body[" + body + "]\n";
    body.clear();
  };
  const auto drain = [&] {
    while (const auto e = parser.next()) {
      using Kind = MimeEvent::Kind;
      if (e->kind == Kind::kBodyChunk) {
        EXPECT_EQ(source.substr(e->offset, e->length), e->bytes);
        body += e->bytes;
        continue;
      }
      end_body();
      if (e->kind == Kind::kPartBegin) out += "begin " + e->part->path + "\n";
      if (e->kind == Kind::kHeaderField) {
        const std::string_view field = source.substr(e->offset, e->length);
        EXPECT_TRUE(field.starts_with(e->name)) << field;
        EXPECT_NE(field.find(e->value), std::string_view::npos);
        out += "field " + std::string(e->name) + "[" + std::string(e->value) + "]\n";
      }
      if (e->kind == Kind::kHeadersEnd) out += "type " + e->part->type + "\n";
      if (e->kind == Kind::kPartEnd) {
        out += "end " + e->part->path;
        for (const auto name : e->part->defects.names()) out += " " + std::string(name);
        out += "\n";
      }
      if (e->kind == Kind::kEnd) out += "eof\n";
    }
  };
  for (const auto chunk : chunks) {
    parser.feed(chunk);
    drain();
  }
  parser.finish();
  drain();
  end_body();
  return out;
}

std::string play(std::string_view source, MimeLimits limits = {}) {
  return play(source, {source}, limits);
}

struct Row {
  const char* name;
  std::string_view source, events;
};

const Row kRows[] = {
    {"plain", "Subject: x\r\n\r\nhello\r\n",
     "begin 1\nfield Subject[ x]\ntype text/plain\nbody[hello\r\n]\nend 1\neof\n"},
    {"folded_field", "Subject: a\r\n b\r\nTo: c\r\n\r\n",
     "begin 1\nfield Subject[ a\r\n b]\nfield To[ c]\ntype text/plain\nend 1\neof\n"},
    {"lf_line_ends", "A: b\n\nx\n",
     "begin 1\nfield A[ b]\ntype text/plain\nbody[x\n]\nend 1\neof\n"},
    {"multipart",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\nA: 1\r\n\r\none\r\n--b\r\n\r\n"
     "two\r\n\r\n--b--\r\nepi\r\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\nbody[pre]\n"
     "begin 1.1\nfield A[ 1]\ntype text/plain\nbody[one]\nend 1.1\n"
     "begin 1.2\ntype text/plain\nbody[two\r\n]\nend 1.2\nbody[epi\r\n]\nend 1\neof\n"},
    {"line_end_belongs_to_boundary_lf",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n\n--b--",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\n"
     "begin 1.1\ntype text/plain\nbody[one\n]\nend 1.1\nend 1\neof\n"},
    {"empty_part", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b--\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\n"
     "begin 1.1\ntype text/plain\nend 1.1\nend 1\neof\n"},
    {"boundary_with_trailing_blanks",
     "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b \t\n\nx\n--b-- \n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=\"b\"]\ntype multipart/mixed\n"
     "begin 1.1\ntype text/plain\nbody[x]\nend 1.1\nend 1\neof\n"},
    {"boundary_before_crcrlf", "Content-Type: multipart/mixed; boundary=b\n\n--b\r\r\n\nx\n--b--\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\n"
     "begin 1.1\ntype text/plain\nbody[x]\nend 1.1\nend 1\neof\n"},
    {"like_a_boundary_is_body",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--bc\n-x\n--\n-\n--b--\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\n"
     "begin 1.1\ntype text/plain\nbody[--bc\n-x\n--\n-]\nend 1.1\nend 1 loose_delimiter\neof\n"},
    {"outer_boundary_ends_inner",
     "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; "
     "boundary=i\n\n--i\n\nx\n--o\n\ny\n--o--\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=o]\ntype multipart/mixed\n"
     "begin 1.1\nfield Content-Type[ multipart/mixed; boundary=i]\ntype multipart/mixed\n"
     "begin 1.1.1\ntype text/plain\nbody[x]\nend 1.1.1\nend 1.1 missing_final_boundary\n"
     "begin 1.2\ntype text/plain\nbody[y]\nend 1.2\nend 1\neof\n"},
    {"missing_final_boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\n"
     "begin 1.1\ntype text/plain\nbody[x\n]\nend 1.1\nend 1 missing_final_boundary\neof\n"},
    {"missing_boundary", "Content-Type: multipart/mixed\n\n--b\nx\n",
     "begin 1\nfield Content-Type[ multipart/mixed]\ntype multipart/mixed\nbody[--b\nx\n]\n"
     "end 1 missing_boundary\neof\n"},
    {"part_after_end", "Content-Type: multipart/mixed; boundary=b\n\n--b--\n--b\n\nx\n--b--\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\n"
     "begin 1.1\ntype text/plain\nbody[x]\nend 1.1\nend 1 part_after_end\neof\n"},
    {"header_ended_by_boundary",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nA: 1\n--b\nB: 2\n\nx\n--b--\n",
     "begin 1\nfield Content-Type[ multipart/mixed; boundary=b]\ntype multipart/mixed\n"
     "begin 1.1\nfield A[ 1]\ntype text/plain\nend 1.1 header_unfinished\n"
     "begin 1.2\nfield B[ 2]\ntype text/plain\nbody[x]\nend 1.2\nend 1\neof\n"},
    {"message_rfc822", "Content-Type: message/rfc822\n\nSubject: in\n\ninner\n",
     "begin 1\nfield Content-Type[ message/rfc822]\ntype message/rfc822\n"
     "begin 1.1\nfield Subject[ in]\ntype text/plain\nbody[inner\n]\nend 1.1\nend 1\neof\n"},
    {"digest_holds_messages",
     "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\nx\n--b--\n",
     "begin 1\nfield Content-Type[ multipart/digest; boundary=b]\ntype multipart/digest\n"
     "begin 1.1\ntype message/rfc822\nbegin 1.1.1\nfield Subject[ in]\ntype text/plain\nbody[x]\n"
     "end 1.1.1\nend 1.1\nend 1\neof\n"},
    {"encoded_message_is_chunks",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYg==\n",
     "begin 1\nfield Content-Type[ message/rfc822]\nfield Content-Transfer-Encoding[ base64]\n"
     "type message/rfc822\nbody[QTogYg==\n]\nend 1\neof\n"},
    {"no_header", "just text\nmore\n",
     "begin 1\ntype text/plain\nbody[just text\nmore\n]\nend 1 header_unfinished bad_header_line\n"
     "eof\n"},
    {"header_alone", "A: b",
     "begin 1\nfield A[ b]\ntype text/plain\nend 1 header_unfinished\neof\n"},
    {"mbox_line", "From x@y Mon\nA: b\n\nz",
     "begin 1\nfield A[ b]\ntype text/plain\nbody[z]\nend 1 mbox_from_line\neof\n"},
    {"blank_before_colon", "A : b\n\n",
     "begin 1\nfield A[ b]\ntype text/plain\nend 1 blank_before_colon\neof\n"},
    {"empty_message", "", "begin 1\ntype text/plain\nend 1 header_unfinished\neof\n"},
    {"duplicate_content_type", "Content-Type: text/html\nContent-Type: image/png\n\n",
     "begin 1\nfield Content-Type[ text/html]\nfield Content-Type[ image/png]\ntype text/html\n"
     "end 1 duplicate_content_type\neof\n"},
};

TEST(MimeParser, SameEventsHoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(play(row.source), row.events);
    expect_same_for_every_split(row.source,
                                [&](const auto& chunks) { return play(row.source, chunks); });
  }
}

TEST(MimeParser, CarriageReturnsInBodiesStay) {
  const std::string_view source =
      "Content-Type: multipart/mixed; "
      "boundary=b\r\n\r\n--b\r\n\r\na\rb\r\r\n\r\n\r--b\r\n--b--\r\n";
  expect_same_for_every_split(source, [&](const auto& chunks) { return play(source, chunks); });
  EXPECT_NE(play(source).find("body[a\rb\r\r\n\r\n\r--b]"), std::string::npos) << play(source);
}

TEST(MimeParser, DepthOverTheLimitIsALeaf) {
  std::string source;
  for (int i = 0; i < 6; ++i)
    source += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" +
              std::to_string(i) + "\n";
  source += "\nx\n";
  MimeLimits limits;
  limits.depth = 3;
  const std::string events = play(source, limits);
  EXPECT_NE(events.find("end 1.1.1 too_deep"), std::string::npos) << events;
  EXPECT_NE(events.find("x\n]"), std::string::npos) << events;
  EXPECT_EQ(events.find("begin 1.1.1.1"), std::string::npos) << events;
}

TEST(MimeParser, TooManyPartsAreOneLeaf) {
  std::string source = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 6; ++i) source += "--b\n\npart" + std::to_string(i) + "\n";
  MimeLimits limits;
  limits.parts = 3;
  const std::string events = play(source, limits);
  EXPECT_NE(events.find("type application/octet-stream\nbody[\npart2\n--b\n\npart3"),
            std::string::npos)
      << events;
  EXPECT_NE(events.find("end 1 missing_final_boundary too_many_parts"), std::string::npos)
      << events;
}

TEST(MimeParser, LongFieldIsCutInItsEventAlone) {
  const std::string source = "A: " + std::string(5000, 'x') + "\r\n" + "B: 1\r\n\r\n";
  MimeLimits limits;
  limits.field_bytes = 100;
  MimeParser parser(limits);
  parser.feed(source);
  parser.next();
  const auto field = parser.next();
  ASSERT_TRUE(field);
  EXPECT_EQ(field->value.size(), 98u);
  EXPECT_EQ(field->length, 5005u);
  EXPECT_TRUE(field->part->defects.has(Defect::kFieldTooLong));
  EXPECT_EQ(parser.next()->name, "B");
}

TEST(MimeParser, NamesAndEncodingOfAPart) {
  const std::string_view source =
      "Content-Type: application/pdf; name=\"=?utf-8?B?44OG?=.pdf\"\r\n"
      "Content-Disposition: attachment; filename*=utf-8''%E3%83%86%E3%82%B9.exe\r\n"
      "Content-Transfer-Encoding: BASE64 (really)\r\n\r\n";
  MimeParser parser;
  parser.feed(source);
  while (auto e = parser.next()) {
    if (e->kind != MimeEvent::Kind::kHeadersEnd) continue;
    EXPECT_EQ(e->part->file_name, "テス.exe");
    EXPECT_EQ(e->part->other_name, "テ.pdf");
    EXPECT_TRUE(e->part->attachment);
    EXPECT_EQ(e->part->encoding, codec::TransferEncoding::kBase64);
    return;
  }
  FAIL() << "no headers";
}

TEST(MimeParser, BodyOffsetsOfPartsAreTrue) {
  const std::string_view source =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nA: 1\r\n\r\none\r\n--b--\r\n";
  MimeParser parser;
  parser.feed(source);
  parser.finish();
  while (auto e = parser.next()) {
    if (e->kind != MimeEvent::Kind::kPartEnd || e->part->path != "1.1") continue;
    const Part& part = *e->part;
    EXPECT_EQ(source.substr(part.header_begin, 4), "A: 1");
    EXPECT_EQ(source.substr(part.body_begin, part.body_end - part.body_begin), "one");
  }
}

}  // namespace
}  // namespace sekisho::mail
