#include <gtest/gtest.h>

#include <string>

#include "test_parent.h"
#include "worker/pool.h"

namespace sekisho::worker {
namespace {

void ignore(const Result<std::string>&) {}

TEST(LargeJobs, LeaveOneWorkerToSmallOnes) {
  Pool pool(test_pool("workers 3"), system_clock());
  ASSERT_TRUE(pool.start());
  run_until(pool, [&] { return pool.counters().idle == 3; });
  for (int i = 0; i < 3; ++i) pool.submit("hang", -1, ignore, Weight::kLarge);
  EXPECT_EQ(pool.counters().busy, 2u);
  std::string reply;
  pool.submit("echo small", -1, [&](const Result<std::string>& got) { reply = *got; });
  run_until(pool, [&] { return !reply.empty(); });
  EXPECT_EQ(reply, "small");
  EXPECT_EQ(pool.counters().queued, 1u);
}

TEST(LargeJobs, AreDoneByAnOnlyWorker) {
  Pool pool(test_pool("workers 1"), system_clock());
  ASSERT_TRUE(pool.start());
  std::string reply;
  pool.submit(
      "echo large", -1, [&](const Result<std::string>& got) { reply = *got; }, Weight::kLarge);
  run_until(pool, [&] { return !reply.empty(); });
  EXPECT_EQ(reply, "large");
}

}  // namespace
}  // namespace sekisho::worker
