#include "worker/sandbox.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "worker/check_sandbox.h"

namespace sekisho::worker {
namespace {

class SandboxTest : public testing::Test {
 protected:
  SandboxTest() {
    options_.small = std::filesystem::path(testing::TempDir()) / "sandbox_small";
    options_.large = std::filesystem::path(testing::TempDir()) / "sandbox_large";
    for (const auto& folder : {options_.small, options_.large}) {
      std::filesystem::remove_all(folder);
      std::filesystem::create_directory(folder);
    }
    options_.small_bytes_max = 4 << 20;
    options_.memory_bytes_max = 256 << 20;
  }

  SandboxOptions options_;
};

TEST_F(SandboxTest, RefusesWhatAWorkerMustNotDoAndLetsItWork) {
  const std::vector<SandboxTrial> trials = try_sandbox(options_);
  EXPECT_GE(trials.size(), 14u);
  for (const SandboxTrial& trial : trials) EXPECT_TRUE(trial.as_wanted) << trial.text();
}

// The child's exit status; 77 when it could not enter.
int in_sandbox(const SandboxOptions& options, const std::function<int(const Sandbox&)>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto sandbox = enter_sandbox(options);
    ::_exit(sandbox ? work(*sandbox) : 77);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_F(SandboxTest, CpuTimeHasAnEnd) {
  const int status = in_sandbox(options_, [](const Sandbox&) {
    limit_cpu_time(std::chrono::seconds(0));
    volatile unsigned spins = 0;
    for (;;) spins = spins + 1;
    return 0;
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGXCPU);
}

TEST_F(SandboxTest, NamesItsLayers) {
  const int status = in_sandbox(options_, [](const Sandbox& sandbox) {
    const bool all = sandbox.missing.empty() && sandbox.layers.size() == 5;
    return all && sandbox.text().starts_with("namespaces user rlimits landlock-") ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
}

TEST_F(SandboxTest, AFolderThatIsMissingIsAnError) {
  options_.small = "/nonexistent";
  EXPECT_EQ(WEXITSTATUS(in_sandbox(options_, [](const Sandbox&) { return 0; })), 77);
}

}  // namespace
}  // namespace sekisho::worker
