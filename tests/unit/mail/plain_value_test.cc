#include "mail/plain_value.h"

#include <gtest/gtest.h>

#include <string>

#include "allocation_counter.h"
#include "mail/part_walk.h"

namespace sekisho::mail {
namespace {

TEST(PlainValue, TakesApartWhatMailersWrite) {
  const auto type =
      parse_plain_type(" Multipart/Mixed;\r\n\tboundary=\"----=_Part 1.2\"; charset=UTF-8;");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->word, "Multipart/Mixed");
  EXPECT_EQ(type->get("BOUNDARY"), "----=_Part 1.2");
  EXPECT_EQ(type->get("charset"), "UTF-8");
  EXPECT_EQ(type->get("name"), "");
  EXPECT_TRUE(parse_plain_value("attachment"));
  EXPECT_FALSE(parse_plain_type("attachment"));
}

TEST(PlainValue, LeavesToOthersWhatClientsReadDifferently) {
  for (const std::string_view value : {"",
                                       "text/plain (comment)",
                                       "text/plain; charset=\"a\\b\"",
                                       "text/plain; charset=\"",
                                       "text/plain; name*0=a",
                                       "text/plain; name*=utf-8''a",
                                       "text/plain; name==?utf-8?q?a?=",
                                       "text/plain; name=a; name=b",
                                       "text/plain; x=\"boundary=b\"",
                                       "text/plain charset=x",
                                       "text/plain; x-name=a",
                                       "text/plain; name =a",
                                       "text/plain; name= a",
                                       "text/plain; a=b c",
                                       "text/plain; name=\" a\"",
                                       "text/plain; name=\xc3\xa4",
                                       "text/plain, boundary=a",
                                       "multipart/mixed; boundary=a(b)",
                                       "multipart/mixed; boundary=a\"b\"",
                                       "a b",
                                       "text/plain; name=\"a\r\n b\"",
                                       "text/plain;; name=a"})
    EXPECT_FALSE(parse_plain_value(value)) << value;
}

std::string two_part_mail(size_t body_lines) {
  const std::string boundary = "----=_NextPart_000_0012_01D8A1B2.C3D4E5F0";
  std::string mail =
      "From: Some One <some.one@example.com>\r\nSubject: a long subject, longer than any buffer\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n\tboundary=\"" +
      boundary + "\"\r\n\r\n";
  const char* const types[] = {"text/plain", "application/vnd.openxmlformats-officedocument"};
  for (const char* type : types) {
    mail += "--" + boundary + "\r\nContent-Type: " + type + "; charset=\"iso-8859-1\";\r\n" +
            "\tname=\"the minutes of the meeting.docx\"\r\n" +
            "Content-Transfer-Encoding: quoted-printable\r\n" +
            "Content-Disposition: attachment; filename=\"the minutes of the meeting.docx\"\r\n\r\n";
    for (size_t i = 0; i < body_lines; ++i) mail += "some words of no =3D meaning at all\r\n";
  }
  return mail + "--" + boundary + "--\r\n";
}

size_t allocations_of_walk(PartWalk& walk, std::string_view mail) {
  const size_t before = allocations();
  walk.begin({});
  for (size_t at = 0; at < mail.size(); at += 4096) walk.feed(mail.substr(at, 4096));
  walk.finish();
  return allocations() - before;
}

TEST(PartWalk, AllocatesNothingForTypicalMailAfterWarmUp) {
  size_t events = 0;
  PartWalk walk([&](const WalkEvent&) { ++events; });
  const std::string small = two_part_mail(3), large = two_part_mail(3000);
  allocations_of_walk(walk, large);
  EXPECT_EQ(allocations_of_walk(walk, large), 0u);
  EXPECT_EQ(allocations_of_walk(walk, small), 0u);
  EXPECT_GT(events, 60u);
}

// What a header may cost, and why; nothing unless it names a part in a way that readers disagree
// on.
struct OddHeader {
  const char* name;
  std::string fields;
  size_t allocations_max;
};

std::string repeated(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

const OddHeader kOddHeaders[] = {
    {"many_addresses",
     "To: a@example.jp" + repeated(",\r\n =?utf-8?B?44OG?= <b@example.jp>", 2000) + "\r\n", 0},
    {"long_subject", "Subject: " + repeated("=?iso-2022-jp?B?GyRCJUYbKEI=?=\r\n ", 500) + "x\r\n",
     0},
    {"one_line_beyond_the_limit", "X-Long: " + std::string(200000, 'x') + "\r\n", 0},
    {"many_fields", repeated("X-Field: some words of no meaning at all\r\n", 5000), 0},
    {"many_received",
     repeated("Received: from a by b\r\n\tfor <c>; Tue, 1 Jan 2030 00:00:00 +0000\r\n", 200), 0},
    {"eight_bit_subject", "Subject: \xE3\x83\x86\r\n", 0},
    {"junk_in_the_header", "no field at all\r\n", 0},
    {"two_encodings", "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n",
     0},
    // Which of several readings is meant can be told only of values apart: strings in vectors.
    {"comment", "Content-Type: text/plain (words); charset=utf-8\r\n", 15},
    {"blanks_in_a_parameter", "Content-Type: text/plain; name = a\r\n", 20},
    {"more_parameters_than_are_plain",
     "Content-Type: text/plain" + repeated("; a=1; b=2", 50) + "\r\n", 150},
    {"name_longer_than_is_plain",
     "Content-Type: text/plain; name=\"" + std::string(300, 'n') + "\"\r\n", 50},
    // Names in other charsets are made, and in each form that a client may show.
    {"eight_bit_name", "Content-Type: application/pdf; name=\"\xE3\x83\x86.pdf\"\r\n", 20},
    {"rfc2231_name", "Content-Disposition: attachment; filename*=utf-8''%E3%83%86.pdf\r\n", 25},
    {"rfc2231_sections",
     "Content-Disposition: attachment;\r\n filename*0*=iso-2022-jp''%1B$B%25F%1B(B;\r\n"
     " filename*1*=x;\r\n filename*2=.pdf\r\n",
     80},
    {"rfc2231_many_sections",
     "Content-Disposition: attachment" + repeated(";\r\n filename*1*=x", 900) + "\r\n", 350},
    {"rfc2047_name", "Content-Type: application/pdf; name=\"=?utf-8?B?44OG?=.pdf\"\r\n", 40},
    {"rfc2047_name_of_many_words",
     "Content-Type: application/pdf;\r\n name=\"" + repeated("=?utf-8?B?44OG?=\r\n ", 20) +
         ".pdf\"\r\n",
     100},
};

TEST(PartWalk, LongHeadersCostNothingAndOddOnesABoundedNumber) {
  PartWalk walk([](const WalkEvent&) {});
  for (const OddHeader& odd : kOddHeaders) {
    const std::string mail = odd.fields + "\r\nbody\r\n";
    for (int i = 0; i < 4; ++i) allocations_of_walk(walk, mail);
    const size_t n = std::max(allocations_of_walk(walk, mail), allocations_of_walk(walk, mail));
    EXPECT_LE(n, odd.allocations_max) << odd.name;
  }
}

// What is odd is read in all ways: that costs memory for each odd header, but none for the body.
TEST(PartWalk, AllocatesForOddHeadersButNotForBodies) {
  PartWalk walk([](const WalkEvent&) {});
  const auto odd = [](size_t lines) {
    std::string mail = two_part_mail(lines);
    mail.replace(mail.find("multipart/alternative;"), 22,
                 "multipart/mixed (a comment); boundary=x;");
    mail.replace(mail.find("quoted-printable"), 16, "(x) base64, x-uuencode");
    return mail;
  };
  const std::string small = odd(3), large = odd(3000);
  for (int i = 0; i < 4; ++i) allocations_of_walk(walk, i % 2 == 0 ? large : small);
  const auto of_two_walks = [&](std::string_view mail) {  // strings that are swapped take turns
    return allocations_of_walk(walk, mail) + allocations_of_walk(walk, mail);
  };
  const size_t of_headers = of_two_walks(small);
  EXPECT_GT(of_headers, 0u);
  EXPECT_LT(of_headers, 200u);
  EXPECT_LE(of_two_walks(large), of_headers + 2);  // the large one comes in 55 chunks
}

}  // namespace
}  // namespace sekisho::mail
