#include "mail/mbox_reader.h"

#include <gtest/gtest.h>

#include <cstring>

namespace sekisho::mail {
namespace {

MboxReader::Read from(const std::string_view& source) {
  return [&source](uint64_t at, std::span<char> into) {
    if (at >= source.size()) return size_t{0};
    const std::string_view rest = source.substr(at, into.size());
    std::memcpy(into.data(), rest.data(), rest.size());
    return rest.size();
  };
}

// Checks on the way that each chunk is what stands at its offset.
std::string play(std::string_view source, MboxForm form, size_t block_bytes) {
  MboxReader reader(from(source), form, block_bytes);
  std::string out;
  while (const auto e = reader.next()) {
    if (e->kind == MboxEvent::Kind::kMessageBegin) {
      EXPECT_EQ(source.substr(e->offset, e->from_line.size()), e->from_line);
      out += "{" + std::string(e->from_line) + "}";
    } else if (e->kind == MboxEvent::Kind::kChunk) {
      EXPECT_EQ(source.substr(e->offset, e->bytes.size()), e->bytes);
      out += e->bytes;
    } else {
      out += e->wrong_length ? "{wrong}" : e->holds_message ? "{holds}" : "{end}";
    }
  }
  return out;
}

struct Row {
  const char* name;
  std::string_view in;
  std::string out;
};

void expect_rows(std::span<const Row> rows, MboxForm form) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    for (const size_t block_bytes : {1, 2, 3, 5, 7, 11, 16, 64, 4096})
      EXPECT_EQ(play(row.in, form, block_bytes), row.out) << "in blocks of " << block_bytes;
  }
}

TEST(MboxReader, Rfc4155) {
  const Row rows[] = {
      {"two", "From a b\nA: 1\n\nx\n\nFrom c 1:00\nB: 2\n\ny\n\n",
       "{From a b}A: 1\n\nx\n{end}{From c 1:00}B: 2\n\ny\n{end}"},
      {"crlf", "From a\r\nA: 1\r\n\r\nx\r\n\r\nFrom b 1:00:00\r\n\r\ny",
       "{From a}A: 1\r\n\r\nx\r\n{end}{From b 1:00:00}\r\ny{end}"},
      {"no_empty_line_before", "From a\n\nx\nFrom y 1:00\nz\n\n",
       "{From a}\nx\nFrom y 1:00\nz\n{end}"},
      {"text_that_says_from", "From a\n\nx\n\nFrom here on: the sea\nand wind\n",
       "{From a}\nx\n\nFrom here on: the sea\nand wind\n{end}"},
      {"no_date_but_a_header", "From a\n\nx\n\nFrom b\nSubject: y\n\nz",
       "{From a}\nx\n{end}{From b}Subject: y\n\nz{end}"},
      {"no_header_but_a_date", "From a\n\nx\n\nFrom b 23:59\nz",
       "{From a}\nx\n{end}{From b 23:59}z{end}"},
      {"several_empty_lines", "From a\n\n\n\n\nx\n", "{From a}\n\n\n\nx\n{end}"},
      {"like_from", "From a\n\nFro\n\nFromage\n", "{From a}\nFro\n\nFromage\n{end}"},
      {"only_from_lines", "From a\n\nFrom b 1:00\n\nFrom c 1:00",
       "{From a}{end}{From b 1:00}{end}{From c 1:00}{end}"},
      {"empty_lines_first", "\n\r\nFrom a\nA: 1\n\nx\n", "{From a}A: 1\n\nx\n{end}"},
      {"a_mark_first", "\xEF\xBB\xBF\nFrom a\n\nx\n", "{From a}\nx\n{end}"},
      {"no_mbox", "A: b\n\nx\n", ""},
      {"junk_before", "A: b\n\nFrom a 1:00\n\nx\n", "{From a 1:00}\nx\n{end}"},
      {"nothing", "", ""},
  };
  for (const MboxForm form :
       {MboxForm::kAny, MboxForm::kO, MboxForm::kRd, MboxForm::kCl, MboxForm::kCl2})
    expect_rows(rows, form);
}

TEST(MboxReader, QuotedLinesAreUnquotedInBodiesAlone) {
  const std::string_view box =
      "From a\n>From u\nA: 1\n\n>From b\n>>From c\n\n>From d 1:00\n> From e\nx >From f\n>Fro";
  const Row quoted[] = {{"as it stands", box,
                         "{From a}>From u\nA: 1\n\n>From b\n>>From c\n\n>From d 1:00\n> From e\n"
                         "x >From f\n>Fro{end}"}};
  const Row unquoted[] = {{"one mark less", box,
                           "{From a}>From u\nA: 1\n\nFrom b\n>From c\n\nFrom d 1:00\n> From e\n"
                           "x >From f\n>Fro{end}"}};
  expect_rows(quoted, MboxForm::kO);
  expect_rows(quoted, MboxForm::kCl2);
  expect_rows(unquoted, MboxForm::kRd);
  expect_rows(unquoted, MboxForm::kCl);
  expect_rows(unquoted, MboxForm::kAny);
}

TEST(MboxReader, ATrueContentLengthEndsTheBody) {
  const Row rows[] = {
      {"to_a_from_line", "From a\nContent-Length: 3\n\nx\n\nFrom b\nFrom c\n\n",
       "{From a}Content-Length: 3\n\nx\n\n{end}{From b}From c\n{end}"},
      {"to_the_empty_line", "From a\nContent-Length: 2\n\nx\n\nFrom b\nFrom c\n\n",
       "{From a}Content-Length: 2\n\nx\n{end}{From b}From c\n{end}"},
      {"over_a_from_line", "From a\nContent-Length: 15\n\nx\n\nFrom b 1:00\n\nFrom c\n\n",
       "{From a}Content-Length: 15\n\nx\n\nFrom b 1:00\n{end}{From c}{end}"},
      {"to_the_end", "From a\ncontent-length:16\n\nx\n\nFrom b 1:00\n\n",
       "{From a}content-length:16\n\nx\n\nFrom b 1:00\n\n{end}"},
      {"without_the_last_line_end", "From a\nContent-Length: 1\n\nx\n\nFrom b 1:00\n",
       "{From a}Content-Length: 1\n\nx\n{wrong}{From b 1:00}{end}"},
      {"crlf", "From a\r\nContent-Length: 5\r\n\r\n\r\nx\r\n\r\nFrom b\r\n",
       "{From a}Content-Length: 5\r\n\r\n\r\nx\r\n{end}{From b}{end}"},
      {"empty_body", "From a\nContent-Length: 0\n\n\nFrom b\n",
       "{From a}Content-Length: 0\n\n{end}{From b}{end}"},
      {"twice_the_same", "From a\nContent-Length: 15\nContent-Length: 15\n\nx\n\nFrom b 1:00\n",
       "{From a}Content-Length: 15\nContent-Length: 15\n\nx\n\nFrom b 1:00\n{end}"},
  };
  expect_rows(rows, MboxForm::kCl);
  expect_rows(rows, MboxForm::kCl2);
}

TEST(MboxReader, AContentLengthThatLiesIsNotHeeded) {
  const Row rows[] = {
      {"too_short", "From a\nContent-Length: 2\n\nxyz\n\nFrom b 1:00\n",
       "{From a}Content-Length: 2\n\nxyz\n{wrong}{From b 1:00}{end}"},
      {"beyond_the_end", "From a\nContent-Length: 99\n\nx\n\nFrom b 1:00\n",
       "{From a}Content-Length: 99\n\nx\n{wrong}{From b 1:00}{end}"},
      {"beyond_all", "From a\nContent-Length: 18446744073709551610\n\nx\n\nFrom b 1:00\n",
       "{From a}Content-Length: 18446744073709551610\n\nx\n{wrong}{From b 1:00}{end}"},
      {"no_number", "From a\nContent-Length: 1x\n\nx\n\nFrom b 1:00\n",
       "{From a}Content-Length: 1x\n\nx\n{wrong}{From b 1:00}{end}"},
      {"two_that_differ", "From a\nContent-Length: 15\nContent-Length: 2\n\nx\n\nFrom b 1:00\n",
       "{From a}Content-Length: 15\nContent-Length: 2\n\nx\n{wrong}{From b 1:00}{end}"},
  };
  for (const MboxForm form : {MboxForm::kAny, MboxForm::kCl, MboxForm::kCl2})
    expect_rows(rows, form);
  const Row asked_for_none[] = {
      {"mboxo", rows[0].in, "{From a}Content-Length: 2\n\nxyz\n{end}{From b 1:00}{end}"}};
  expect_rows(asked_for_none, MboxForm::kO);
  expect_rows(asked_for_none, MboxForm::kRd);
}

// A length that reaches over another message may be a mail's attempt not to be looked at.
TEST(MboxReader, AMessageInsideALengthIsGivenAsWell) {
  const std::string_view box =
      "From a\nContent-Length: 44\n\nx\n\nFrom b 1:00\nB: 2\n\ny\n\nFrom c 1:00\nC: 3\n\nz\n\n"
      "From d\n\n>From w\n";
  const std::string_view first =
      "{From a}Content-Length: 44\n\nx\n\nFrom b 1:00\nB: 2\n\ny\n\nFrom c 1:00\nC: 3\n\nz\n";
  const std::string_view last = "{From d}\n";
  const Row any[] = {{"any", box,
                      std::string(first) +
                          "{holds}{From b 1:00}B: 2\n\ny\n{end}{From c 1:00}C: 3\n\n"
                          "z\n{end}" +
                          std::string(last) + "From w\n{end}"}};
  const std::string out = std::string(first) + "{end}" + std::string(last) + ">From w\n{end}";
  const Row exact[] = {{"mboxcl2", box, out}};
  expect_rows(any, MboxForm::kAny);
  expect_rows(exact, MboxForm::kCl2);
}

TEST(MboxReader, AMessageWithoutAnEmptyLineBeforeIsGivenAsWell) {
  const Row any[] = {
      {"behind_a_text", "From a\n\nx\nFrom b 1:00\nB: 2\n\ny\n\nFrom c\nC: 3\n\n",
       "{From a}\nx\nFrom b 1:00\nB: 2\n\ny\n{holds}{From b 1:00}B: 2\n\ny\n{end}"
       "{From c}C: 3\n{end}"},
      {"behind_a_blank", "From a\n\nx\n \nFrom b 1:00\nB: 2\n\ny\n",
       "{From a}\nx\n \nFrom b 1:00\nB: 2\n\ny\n{holds}{From b 1:00}B: 2\n\ny\n{end}"},
      {"behind_a_header", "From a\nA: 1\nFrom b 1:00\nB: 2\n\ny\n",
       "{From a}A: 1\nFrom b 1:00\nB: 2\n\ny\n{holds}{From b 1:00}B: 2\n\ny\n{end}"},
      {"each_once_more", "From a\n\nFrom b 1:0\nFrom c 1:00\nC: 3\n\nz\nFrom d 1:00\nD: 4\n",
       "{From a}\nFrom b 1:0\nFrom c 1:00\nC: 3\n\nz\nFrom d 1:00\nD: 4\n{holds}"
       "{From c 1:00}C: 3\n\nz\n{end}{From d 1:00}D: 4\n{end}"},
      {"in_a_length_without_a_time", "From a\nContent-Length: 18\n\nx\n\nFrom b\nB: 2\n\ny\n",
       "{From a}Content-Length: 18\n\nx\n\nFrom b\nB: 2\n\ny\n{holds}{From b}B: 2\n\ny\n{end}"},
      {"no_time", "From a\n\nx\nFrom b\nB: 2\n\ny\n", "{From a}\nx\nFrom b\nB: 2\n\ny\n{end}"},
  };
  expect_rows(any, MboxForm::kAny);
  const Row exact[] = {
      {"mboxrd", any[0].in, "{From a}\nx\nFrom b 1:00\nB: 2\n\ny\n{end}{From c}C: 3\n{end}"}};
  expect_rows(exact, MboxForm::kRd);
}

TEST(MboxReader, AnMboxIsKnownByItsFirstLine) {
  const std::string deep = std::string(10000, '\n') + "From a\n";
  const std::string mark = "\xEF\xBB\xBF\nFrom a";
  const std::pair<std::string_view, bool> rows[] = {
      {"From a", true},  {"\r\n\nFrom ", true}, {deep, true},    {mark, true},
      {"From: ", false}, {"x\nFrom a", false},  {"\n\n", false}, {"", false},
  };
  for (const auto& [file, is_mbox] : rows)
    EXPECT_EQ(begins_like_mbox(from(file)), is_mbox) << file.substr(0, 20);
}

TEST(MboxReader, ALongFromLineIsNoneOfTheMessage) {
  const std::string box = "From " + std::string(1500, 'x') + "\nA: 1\n\ny\n\nFrom b 1:00\n\n";
  EXPECT_EQ(play(box, MboxForm::kAny, 4096),
            "{From " + std::string(MboxReader::kFromLineBytesMax - 5, 'x') +
                "}A: 1\n\ny\n{end}{From b 1:00}{end}");
  EXPECT_EQ(play(box, MboxForm::kAny, 10), play(box, MboxForm::kAny, 4096));
}

}  // namespace
}  // namespace sekisho::mail
