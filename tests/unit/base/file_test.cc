#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sekisho {
namespace {

pid_t pid_of_a_dead() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  ::waitpid(pid, nullptr, 0);
  return pid;
}

TEST(RemoveLeftByTheDead, TakesOnlyWhatIsNamedAfterAProcessThatHasEnded) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "left_by_the_dead";
  std::filesystem::remove_all(folder);
  const auto dead = folder / ("work-" + std::to_string(pid_of_a_dead()));
  const auto own = folder / ("work-" + std::to_string(::getpid()));
  const auto other = folder / "work-x", foreign = folder / "1";
  for (const auto& path : {dead, own, other, foreign})
    std::filesystem::create_directories(path / "inside");
  remove_left_by_the_dead(folder, "work-");
  EXPECT_FALSE(std::filesystem::exists(dead));
  for (const auto& path : {own, other, foreign}) EXPECT_TRUE(std::filesystem::exists(path)) << path;
  remove_left_by_the_dead(folder / "missing", "work-");
}

}  // namespace
}  // namespace sekisho
