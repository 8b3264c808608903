// The signatures we ship: each finds its sample under its name and lets the near miss pass.

#include <gmock/gmock.h>

#include <cstdlib>

#include "engine_fixture.h"

namespace sekisho::antivirus {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class SignaturesTest : public EngineTest {
 protected:
  void SetUp() override {
    const std::string command = kSignatures.string() + "/make-samples " + folder_.path().string();
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  std::vector<std::filesystem::path> files(std::string_view extension) const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      if (entry.path().extension() == extension) found.push_back(entry.path());
    return found;
  }
  static std::vector<std::string> viruses_in(const std::filesystem::path& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    const ScanResult result = engine().scan(fd.get(), Engine::Reading::kBytes);
    EXPECT_TRUE(result.unscanned.empty()) << file;
    return result.viruses;
  }

  const TestFolder folder_;
};

TEST_F(SignaturesTest, EachFindsItsSampleUnderItsName) {
  const auto samples = files(".sample");
  EXPECT_EQ(samples.size(), engine().signatures());
  for (const auto& file : samples)
    EXPECT_THAT(viruses_in(file), Contains(file.stem().string() + ".UNOFFICIAL"));
}

TEST_F(SignaturesTest, EachLetsItsNearMissPass) {
  const auto near_misses = files(".near-miss");
  EXPECT_EQ(near_misses.size(), engine().signatures());
  for (const auto& file : near_misses)
    EXPECT_THAT(viruses_in(file), Not(Contains(file.stem().string() + ".UNOFFICIAL")));
}

// Scanners on developers' and users' machines must leave the source alone.
TEST_F(SignaturesTest, NoShippedFileHoldsEicar) {
  for (const auto& entry : std::filesystem::directory_iterator(kSignatures))
    EXPECT_THAT(viruses_in(entry.path()), Not(Contains(HasSubstr("Eicar")))) << entry.path();
}

}  // namespace
}  // namespace sekisho::antivirus
