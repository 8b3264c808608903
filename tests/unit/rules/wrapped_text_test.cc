#include "rules/wrapped_text.h"

#include <gtest/gtest.h>

namespace sekisho::rules {
namespace {

TEST(WrappedText, SpacesBetweenWideCharactersGo) {
  const std::pair<std::string, std::string> rows[] = {
      {"アカウン トが停止", "アカウントが停止"},
      {"ア カ ウ ン ト です 。終 わり", "アカウントです。終わり"},
      {"a あ b", "a あ b"},
      {"あ  い", "あ  い"},
      {" あ い ", " あい "},
      {"계정 정지", "계정 정지"},
      {"あ\xE3 い", "あ\xE3 い"},
      {"one two", "one two"},
      {"", ""},
  };
  for (const auto& [text, expected] : rows) {
    std::string joined = text;
    join_wraps(joined);
    EXPECT_EQ(joined, expected);
    EXPECT_EQ(has_wrap(text), text != expected) << text;
  }
}

}  // namespace
}  // namespace sekisho::rules
