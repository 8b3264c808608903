// Every file of tests/dialogue, line by line, byte by byte and all at once.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "unit/smtp/dialogue_player.h"

namespace sekisho::smtp {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(SOURCE_DIR) / "tests/dialogue";

std::vector<std::string> dialogue_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder))
    if (entry.path().extension() == ".smtp")
      names.push_back(std::filesystem::relative(entry.path(), kFolder).string());
  std::sort(names.begin(), names.end());
  return names;
}

class DialogueTest : public ::testing::TestWithParam<std::string> {
 protected:
  void play(Pace pace) {
    const Dialogue dialogue = read_dialogue(kFolder / GetParam());
    ASSERT_EQ(dialogue.mistake, "") << GetParam();
    EXPECT_EQ(DialoguePlayer(dialogue, pace).play(), "") << GetParam();
  }
};

TEST_P(DialogueTest, LineByLine) { play(Pace::kLines); }
TEST_P(DialogueTest, ByteByByte) { play(Pace::kBytes); }
TEST_P(DialogueTest, AllAtOnce) { play(Pace::kAtOnce); }

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.size() - 5);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
      '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, DialogueTest, ::testing::ValuesIn(dialogue_names()), test_name);

TEST(DialoguePlayer, SeesWhatDiffers) {
  Dialogue dialogue;
  dialogue.steps = {{DialogueStep::Kind::kInput, "NOOP\r\n", {}},
                    {DialogueStep::Kind::kExpect, "500 ...", {}}};
  for (Pace pace : {Pace::kLines, Pace::kBytes, Pace::kAtOnce})
    EXPECT_EQ(DialoguePlayer(dialogue, pace).play(), "expected 500 ...\n  but got  250 2.0.0 Ok");
  dialogue.steps.pop_back();
  EXPECT_EQ(DialoguePlayer(dialogue, Pace::kLines).play(), "unexpected 250 2.0.0 Ok");
}

}  // namespace
}  // namespace sekisho::smtp
