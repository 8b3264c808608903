// Properties of the MIME walk over generated mail: where events stand in the source, and that time
// and nesting stay bounded.

#include <gtest/gtest.h>

#include <random>

#include "mail/mime_parser.h"

namespace sekisho::mail {
namespace {

struct Field {
  std::string name, value;
  uint64_t offset, length;
};

struct Walked {
  std::vector<Field> fields;
  std::vector<Part> parts;  // as they ended
  std::string bodies;
  std::vector<std::pair<uint64_t, uint64_t>> ranges;  // offset and end, in the order of events
};

Walked walk(std::string_view source, size_t step, MimeLimits limits = {}) {
  MimeParser parser(limits);
  Walked out;
  const auto drain = [&] {
    while (const auto e = parser.next()) {
      if (e->kind == MimeEvent::Kind::kPartEnd) out.parts.push_back(*e->part);
      if (e->kind == MimeEvent::Kind::kHeaderField)
        out.fields.push_back({std::string(e->name), std::string(e->value), e->offset, e->length});
      if (e->kind == MimeEvent::Kind::kBodyChunk) out.bodies += e->bytes;
      if (e->kind == MimeEvent::Kind::kHeaderField || e->kind == MimeEvent::Kind::kBodyChunk)
        out.ranges.emplace_back(e->offset, e->offset + e->length);
    }
  };
  for (size_t at = 0; at < source.size(); at += step) {
    parser.feed(source.substr(at, step));
    drain();
  }
  parser.finish();
  drain();
  return out;
}

// Lines that matter to the walk, in any order.
std::string random_mail(std::mt19937& random, std::string_view line_end) {
  static constexpr const char* kLines[] = {"",
                                           "--a",
                                           "--b",
                                           "--a--",
                                           "--b--",
                                           "-",
                                           "--",
                                           "text",
                                           "A: b",
                                           " folded",
                                           "Content-Type: multipart/mixed; boundary=a",
                                           "Content-Type: multipart/digest; boundary=b",
                                           "Content-Type: message/rfc822",
                                           "\r",
                                           "x\r",
                                           "\t"};
  std::string mail = "Content-Type: multipart/mixed; boundary=a";
  for (int i = 0; i < 25; ++i) {
    mail += line_end;
    mail += kLines[random() % std::size(kLines)];
  }
  return mail;
}

TEST(MimeParser, EditsCanRelyOnOffsets) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    const std::string source = random_mail(random, round % 2 == 0 ? "\r\n" : "\n");
    SCOPED_TRACE(source);
    const Walked walked = walk(source, source.size());
    uint64_t seen = 0;
    for (const auto& [begin, end] : walked.ranges) {
      ASSERT_GE(begin, seen);  // forward, and nothing twice
      ASSERT_LE(end, source.size());
      // Between events only delimiter lines, the empty line behind a header and their line ends.
      const std::string gap = source.substr(seen, begin - seen);
      for (const char c : gap)
        ASSERT_NE(std::string_view("-ab \r\n").find(c), std::string_view::npos);
      seen = end;
    }
    for (const Field& field : walked.fields) {
      const std::string_view there = std::string_view(source).substr(field.offset, field.length);
      ASSERT_TRUE(there.starts_with(field.name));
      ASSERT_NE(there.find(field.value), std::string_view::npos);
      ASSERT_TRUE(field.offset == 0 || source[field.offset - 1] == '\n');
    }
    for (const Part& part : walked.parts) {
      ASSERT_LE(part.header_begin, part.body_begin);
      ASSERT_LE(part.body_begin, part.body_end);
      ASSERT_LE(part.body_end, source.size());
    }
  }
}

TEST(MimeParser, RandomMailIsTheSameInAnyChunks) {
  std::mt19937 random(2);
  for (int round = 0; round < 1000; ++round) {
    const std::string source = random_mail(random, round % 2 == 0 ? "\r\n" : "\n");
    SCOPED_TRACE(source);
    const Walked whole = walk(source, source.size());
    for (const size_t step : {size_t{1}, size_t{2}, size_t{7}, size_t{31}}) {
      const Walked cut = walk(source, step);
      ASSERT_EQ(cut.bodies, whole.bodies);
      ASSERT_EQ(cut.fields.size(), whole.fields.size());
      ASSERT_EQ(cut.parts.size(), whole.parts.size());
      for (size_t i = 0; i < cut.parts.size(); ++i) {
        ASSERT_EQ(cut.parts[i].path, whole.parts[i].path);
        ASSERT_EQ(cut.parts[i].body_end, whole.parts[i].body_end);
        ASSERT_EQ(cut.parts[i].defects, whole.parts[i].defects);
      }
    }
  }
}

TEST(MimeParser, Rfc2046_5_1_1_BodiesComeInLargeChunks) {
  std::string source = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n";
  for (int i = 0; i < 1000; ++i) source += std::string(76, 'A') + "\r\n";
  EXPECT_LE(walk(source, source.size()).ranges.size(), 5u);
}

TEST(MimeParser, NestedMessagesStopAtTheDepthLimit) {
  std::string source;
  for (int i = 0; i < 100000; ++i) source += "Content-Type: message/rfc822\n\n";
  const Walked walked = walk(source, 4096);
  EXPECT_LE(walked.parts.size(), MimeLimits().depth + 1);
  EXPECT_TRUE(walked.parts.front().defects.has(Defect::kTooDeep));
  EXPECT_FALSE(walked.bodies.empty());
}

TEST(MimeParser, ResetForgetsTheMessageBefore) {
  MimeParser parser;
  parser.feed("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<");
  while (parser.next()) {
  }
  parser.reset();
  parser.feed("A: b\n\n--b\n");
  parser.finish();
  while (const auto e = parser.next()) {
    if (e->kind != MimeEvent::Kind::kPartEnd) continue;
    EXPECT_EQ(e->part->path, "1");
    EXPECT_EQ(e->part->type, "text/plain");
    EXPECT_EQ(e->part->body_end, 10u);
    EXPECT_TRUE(e->part->defects.empty());
    return;
  }
  FAIL() << "no end of the part";
}

}  // namespace
}  // namespace sekisho::mail
