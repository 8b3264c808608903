#include "mail/inner_files.h"

#include <gtest/gtest.h>

#include "every_split.h"
#include "inner_files_text.h"
#include "mail/packed_rtf.h"
#include "tnef_builder.h"

namespace sekisho::mail {
namespace {

using namespace std::string_literals;

constexpr uint32_t kTitle = 0x18010, kData = 0x6800f, kRendData = 0x69002, kAttachment = 0x69005;
constexpr uint32_t kMessageProperties = 0x69003, kCodePage = 0x69007, kBody = 0x2800c;
const std::string kMessageInterface =
    "\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"s;

struct Row {
  const char* name;
  std::string in, out;
};

void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(text_of_inner_files({row.in}), row.out);
    expect_same_for_every_split(row.in,
                                [](const auto& chunks) { return text_of_inner_files(chunks); });
  }
}

std::string attachment(std::string_view attributes) {
  return attribute(2, kRendData, std::string(14, '\0')) + std::string(attributes);
}

std::string properties(unsigned count, std::string_view list) {
  return number(count, 4) + std::string(list);
}

TEST(Tnef, GivesAttachmentsWithAllTheirNames) {
  const std::string name = attribute(2, kTitle, "A~1.EXE\0"s), data = attribute(2, kData, "MZ..");
  const std::string long_name =
      attribute(2, kAttachment, properties(1, variable(0x3707, 0x1f, utf16("a long name.exe"))));
  expect_rows({
      {"name_before", tnef(attachment(name + data)), "[A~1.EXE :]MZ..[end]"},
      {"name_behind", tnef(attachment(data + name)), "[ :]MZ..(A~1.EXE)[end]"},
      {"two_names", tnef(attachment(name + data + long_name)),
       "[A~1.EXE :]MZ..(a long name.exe)[end]"},
      {"only_a_name", tnef(attachment(name)), "[A~1.EXE :][end]"},
      {"two", tnef(attachment(name + data) + attachment(data)),
       "[A~1.EXE :]MZ..[end][ :]MZ..[end]"},
      {"second_content", tnef(attachment(name + data + attribute(2, kData, "x"))),
       "[A~1.EXE :]MZ..[end][A~1.EXE :]x[end]"},
      {"no_rend_data", tnef(name + data), "[A~1.EXE :]MZ..[end]"},
      {"nothing", tnef(""), ""},
      {"cut_off", tnef(attachment(name + data)).substr(0, 60), "[A~1.EXE :]M[end]"},
      {"garbage_behind", tnef(attachment(name + data) + "garbage"), "[A~1.EXE :]MZ..[end]"},
  });
}

TEST(Tnef, ReadsThePropertiesOfAnAttachment) {
  const std::string named = number(3, 2) + number(0x8001, 2) + std::string(16, 'g') + number(1, 4) +
                            number(6, 4) + "n\0a\0m\0"s + std::string(2, '\0') + number(7, 4);
  const std::string numbered = number(0x1003, 2) + number(0x8002, 2) + std::string(16, 'g') +
                               number(0, 4) + number(9, 4) + number(2, 4) + number(1, 4) +
                               number(2, 4);
  const std::string bytes = variable(0x3701, 0x102, "12345");
  const std::string name = variable(0x3704, 0x1e, "x.js\0"s);
  expect_rows({
      {"behind_others",
       tnef(attachment(attribute(2, kAttachment,
                                 properties(5, named + numbered + number(0xb, 2) + number(1, 2) +
                                                   number(1, 4) + name + bytes)))),
       "[x.js :]12345[end]"},
      {"unknown_type_ends_them",
       tnef(attachment(attribute(2, kAttachment, properties(2, number(0x77, 2) + name)) +
                       attribute(2, kData, "y"))),
       "[ :]y[end]"},
      {"count_that_lies",
       tnef(attachment(attribute(2, kAttachment, number(0xffffffff, 4) + bytes) +
                       attribute(2, kTitle, "n"))),
       "[ :]12345(n)[end]"},
      {"length_that_lies",
       tnef(attachment(attribute(2, kAttachment,
                                 properties(1, number(0x102, 2) + number(0x3701, 2) + number(1, 4) +
                                                   number(999, 4) + "abc")) +
                       attribute(2, kTitle, "n"))),
       "[ :]abc(n)[end]"},
  });
}

TEST(Tnef, NamesAreOfTheCodePage) {
  const std::string page = attribute(1, kCodePage, number(932, 4) + number(0, 4));
  expect_rows({{"shift_jis", tnef(page + attachment(attribute(2, kTitle, "\x93\xfa\x96\x7b.exe"))),
                "[日本.exe :][end]"}});
}

TEST(Tnef, GoesIntoAttachedMessages) {
  std::string inner = tnef(attachment(attribute(2, kTitle, "deep") + attribute(2, kData, "z")));
  const auto around = [](const std::string& object) {
    return tnef(
        attachment(attribute(2, kAttachment,
                             properties(1, variable(0x3701, 0x0d, kMessageInterface + object))) +
                   attribute(2, kTitle, "around")));
  };
  expect_rows({{"once", around(inner), "[deep :]z[end][around :][end]"},
               {"twice", around(around(inner)), "[deep :]z[end][around :][end][around :][end]"}});
  for (unsigned i = 0; i < Tnef::kDepthMax; ++i) inner = around(inner);
  const std::string out = text_of_inner_files({inner});
  EXPECT_NE(out.find("[ :]\x78\x9f\x3e\x22"), std::string::npos);  // the deepest is a file
  const std::string other = "[ :]" + std::string(4, 'o') + "(around)[end]";
  expect_rows({{"another_object",
                tnef(attachment(attribute(2, kAttachment,
                                          properties(1, variable(0x3701, 0x0d,
                                                                 std::string(16, 'i') + "oooo"))) +
                                attribute(2, kTitle, "around"))),
                other}});
}

TEST(Tnef, GivesTheTextOfTheMessage) {
  expect_rows({
      {"plain", tnef(attribute(1, kCodePage, number(1252, 4)) + attribute(1, kBody, "hello")),
       "[body.txt text/plain:windows-1252]hello[end]"},
      {"html_and_unicode",
       tnef(attribute(
           1, kMessageProperties,
           properties(2, variable(0x1013, 0x102, "<p>") + variable(0x1000, 0x1f, "h\0i\0"s)))),
       "[body.html text/html:]<p>[end][body.txt text/plain:utf-16le]h\0i\0[end]"s},
  });
}

TEST(PackedRtf, MsOxrtfcp3_2_Examples) {
  const std::string packed =
      "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70"
      "\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a"
      "\x80\x0f\xa0"s;
  const auto unpack = [](const std::vector<std::string_view>& chunks) {
    PackedRtf rtf;
    std::string out;
    for (const auto chunk : chunks) rtf.feed(chunk, out);
    return out;
  };
  EXPECT_EQ(unpack({packed}), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  expect_same_for_every_split(packed, unpack);
  EXPECT_EQ(unpack({packed + "behind the end"}), unpack({packed}));
  EXPECT_EQ(unpack({number(20, 4) + number(5, 4) + "MELA" + number(0, 4) + "plain"}), "plain");
  EXPECT_EQ(unpack({number(20, 4) + number(5, 4) + "what" + number(0, 4) + "plain"}), "");
}

TEST(AppleFile, Rfc1740_A_GivesTheDataForkAndTheName) {
  const std::string single = apple_head(0x51600, 3), twice = apple_head(0x51607, 2);
  expect_rows({
      {"name_first",
       single + apple_entry(2, 62, 3) + apple_entry(3, 65, 5) + apple_entry(1, 70, 4) +
           "rsra.exeMZ..",
       "[a.exe :]MZ..[end]"},
      {"name_last",
       single + apple_entry(1, 62, 4) + apple_entry(3, 66, 5) + apple_entry(9, 0, 0) + "MZ..a.exe",
       "[ :]MZ..(a.exe)[end]"},
      {"double", twice + apple_entry(3, 50, 5) + apple_entry(2, 55, 3) + "a.exersr",
       "[a.exe :][end]"},
      {"one_over_the_other",
       single + apple_entry(1, 62, 6) + apple_entry(3, 63, 4) + apple_entry(9, 0, 0) + "123456",
       "[ :]123456(2345)[end]"},
      {"cut_off",
       single + apple_entry(3, 62, 9) + apple_entry(1, 80, 9) + apple_entry(9, 0, 0) + "a.e",
       "[a.e :][end]"},
      {"offsets_in_the_head",
       single + apple_entry(1, 0, 66) + apple_entry(9, 0, 0) + apple_entry(9, 0, 0) + "12345",
       "[ :]1234[end]"},
      {"no_entries", apple_head(0x51600, 0) + "x", ""},
  });
}

TEST(InnerFiles, AContainerIsKnownByItsFirstBytesAlone) {
  const auto seen = [](std::string_view bytes) {
    InnerFiles files;
    files.reset();
    for (const char c : bytes) files.look({&c, 1}, InnerFiles::As::kBinary);
    return files.in_container();
  };
  EXPECT_TRUE(seen(tnef("")));
  EXPECT_TRUE(seen(apple_head(0x51600, 0)));
  EXPECT_TRUE(seen(apple_head(0x51607, 0)));
  EXPECT_FALSE(seen("x" + tnef("")));
  EXPECT_FALSE(seen("\x78\x9f\x3e"));
  expect_rows({{"text", "begin 644 a\n#86)C\nend\n", "[a :]abc[end]"}, {"short", "beg", ""}});
}

}  // namespace
}  // namespace sekisho::mail
