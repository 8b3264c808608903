#include "base/log.h"

#include <gtest/gtest.h>

namespace sekisho {
namespace {

std::string logfmt(std::string_view value) {
  const std::string line =
      format_log_line(LogFormat::kLogfmt, Severity::kInfo, "m", {{"key", value}});
  return line.substr(std::string_view("level=info msg=m key=").size());
}

TEST(Log, LogfmtShowsNoTextOtherwiseThanItIs) {
  const struct {
    const char* name;
    std::string_view value;
    const char* shown;
  } rows[] = {
      {"plain", "a@b.test", "a@b.test"},
      {"empty", "", "\"\""},
      {"blank", "a b", "\"a b\""},
      {"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\""},
      {"UTF-8", "関所é€😀", "関所é€😀"},
      {"line end", "a\r\nb", "\"a\\x0d\\x0ab\""},
      {"delete", "\x7f", "\"\\x7f\""},
      {"bare C1 byte",
       "\x9b"
       "31m",
       "\"\\x9b31m\""},
      {"C1 as UTF-8", "\xc2\x9b", "\"\\xc2\\x9b\""},
      {"no-break space", "\xc2\xa0", "\xc2\xa0"},
      {"line separator", "\xe2\x80\xa8", "\"\\xe2\\x80\\xa8\""},
      {"paragraph separator", "\xe2\x80\xa9", "\"\\xe2\\x80\\xa9\""},
      {"right-to-left override", "\xe2\x80\xae", "\"\\xe2\\x80\\xae\""},
      {"right-to-left mark", "\xe2\x80\x8f", "\"\\xe2\\x80\\x8f\""},
      {"isolate", "\xe2\x81\xa7", "\"\\xe2\\x81\\xa7\""},
      {"Arabic letter mark", "\xd8\x9c", "\"\\xd8\\x9c\""},
      {"truncated", "a\xe2\x80", "\"a\\xe2\\x80\""},
      {"overlong", "\xc0\xaf", "\"\\xc0\\xaf\""},
      {"overlong of three", "\xe0\x80\xaf", "\"\\xe0\\x80\\xaf\""},
      {"surrogate", "\xed\xa0\x80", "\"\\xed\\xa0\\x80\""},
      {"over the last character", "\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\""},
  };
  for (const auto& row : rows) EXPECT_EQ(logfmt(row.value), row.shown) << row.name;
}

TEST(Log, JsonIsAscii) {
  EXPECT_EQ(format_log_line(LogFormat::kJson, Severity::kInfo, "m",
                            {{"a", "\xc2\x9b\xe2\x80\xae"}, {"b", "\xff"}}),
            R"({"level":"info","msg":"m","a":"\u009b\u202e","b":"\ufffd"})");
}

}  // namespace
}  // namespace sekisho
