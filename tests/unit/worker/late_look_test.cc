#include <gtest/gtest.h>
#include <poll.h>

#include <filesystem>
#include <string>

#include "test_parent.h"
#include "worker/pool.h"

namespace sekisho::worker {
namespace {

using std::chrono::seconds;

// The front was stopped for a while: answers wait, more of them than it takes in one turn.
TEST(LateLook, WhoHasAnsweredIsNotLate) {
  constexpr size_t kWorkers = 70;
  FakeClock clock;
  PoolOptions options = test_pool("workers " + std::to_string(kWorkers));
  options.queue_timeout = seconds(1000);
  Pool pool(std::move(options), clock);
  ASSERT_TRUE(pool.start());
  const std::filesystem::path folder = testing::TempDir() + "late_look_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  run_until(pool, [&] { return pool.counters().idle == kWorkers; });
  size_t answered = 0;
  for (size_t i = 0; i < kWorkers; ++i)
    pool.submit("touch " + (folder / std::to_string(i)).string(), -1,
                [&](const Result<std::string>& answer) { answered += answer.has_value(); });
  const std::filesystem::directory_iterator end;
  while (std::distance(std::filesystem::directory_iterator(folder), end) < ptrdiff_t{kWorkers})
    ::poll(nullptr, 0, 1);
  ::poll(nullptr, 0, 50);  // the file comes just before the answer
  clock.advance(seconds(100));
  pool.dispatch();
  EXPECT_EQ(pool.counters().timeouts, 0u);
  EXPECT_EQ(answered, kWorkers);
}

}  // namespace
}  // namespace sekisho::worker
