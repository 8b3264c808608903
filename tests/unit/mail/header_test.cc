#include "mail/header.h"

#include <gtest/gtest.h>

namespace sekisho::mail {
namespace {

struct Row {
  const char* name;
  std::string_view value, type, parameter, expected;
};

const Row kRows[] = {
    {"plain", " text/plain; charset=utf-8", "text/plain", "charset", "utf-8"},
    {"upper_case", "TEXT/HTML; CHARSET=UTF-8", "text/html", "charset", "UTF-8"},
    {"quoted", "multipart/mixed; boundary=\"a;b c\"", "multipart/mixed", "boundary", "a;b c"},
    {"quoted_pair", "a/b; x=\"c\\\"d\"", "a/b", "x", "c\"d"},
    {"comments", "(c) text (d) / (e) plain (f) ; (g) x (h) = (i) y (j)", "text/plain", "x", "y"},
    {"folded", "text/plain;\r\n\tcharset=utf-8", "text/plain", "charset", "utf-8"},
    {"blanks_around_slash", "multipart / mixed; boundary=b", "multipart/mixed", "boundary", "b"},
    {"no_semicolon_value", "text/plain charset=utf-8", "text/plain", "charset", ""},
    {"type_alone", "multipart; boundary=b", "multipart/mixed", "boundary", "b"},
    {"no_type", "; charset=utf-8", "", "charset", "utf-8"},
    {"first_of_two_counts", "a/b; x=1; x=2", "a/b", "x", "1"},
    {"rfc2231_continuation", "a/b; x*0=ab; x*1=cd", "a/b", "x", "abcd"},
    {"rfc2231_out_of_order", "a/b; x*1=cd; x*0=ab", "a/b", "x", "abcd"},
    {"rfc2231_charset", "a/b; x*=iso-8859-1'en'%E9t%E9", "a/b", "x", "été"},
    {"rfc2231_charset_continued", "a/b; x*0*=utf-8''%E3%83; x*1*=%86; x*2=.txt", "a/b", "x",
     "テ.txt"},
    {"rfc2231_wins_over_plain", "a/b; x=plain; x*=utf-8''%41", "a/b", "x", "A"},
    {"rfc2047_in_parameter", "a/b; x=\"=?utf-8?Q?=41?=\"", "a/b", "x", "A"},
    {"boundary_is_bytes", "a/b; boundary=\"=?utf-8?Q?b?=\"", "a/b", "boundary", "=?utf-8?Q?b?="},
    {"raw_8bit", "a/b; x=\"caf\xE9\"", "a/b", "x", "café"},
    {"unfinished_quote", "a/b; x=\"abc", "a/b", "x", "abc"},
    {"percent_at_end", "a/b; x*=utf-8''a%4", "a/b", "x", "a%4"},
};

TEST(ParseContentType, Rfc2045Rfc2231) {
  for (const Row& row : kRows) {
    const ContentType parsed = parse_content_type(row.value);
    EXPECT_EQ(parsed.type, row.type) << row.name;
    EXPECT_EQ(parsed.parameters.get(row.parameter), row.expected) << row.name;
  }
}

TEST(ParseContentDisposition, Rfc2183) {
  const auto parsed = parse_content_disposition("Attachment; filename=\"a b.txt\"");
  EXPECT_EQ(parsed.disposition, "attachment");
  EXPECT_EQ(parsed.parameters.get("filename"), "a b.txt");
}

TEST(ParseContentType, ParametersAreBounded) {
  std::string value = "a/b";
  for (int i = 0; i < 1000; ++i) value += "; x" + std::to_string(i) + "=1";
  EXPECT_EQ(parse_content_type(value).parameters.list.size(), kParametersMax);
}

}  // namespace
}  // namespace sekisho::mail
