#include "worker/job_queue.h"

#include <gtest/gtest.h>

namespace sekisho::worker {
namespace {

using std::chrono::seconds;

SteadyTime at(int second) { return SteadyTime(seconds(second)); }

Job job(uint64_t id, int deadline, unsigned attempts = 0) {
  Job made;
  made.id = id;
  made.queue_deadline = at(deadline);
  made.attempts = attempts;
  return made;
}

std::vector<uint64_t> ids(const std::vector<Job>& jobs) {
  std::vector<uint64_t> out;
  for (const Job& j : jobs) out.push_back(j.id);
  return out;
}

Job large(uint64_t id, int deadline) {
  Job made = job(id, deadline);
  made.weight = Weight::kLarge;
  return made;
}

TEST(JobQueue, FirstComeFirstServed) {
  JobQueue queue;
  EXPECT_EQ(queue.next(), nullptr);
  for (const uint64_t id : {1u, 2u, 3u}) queue.push(job(id, 10));
  EXPECT_EQ(queue.next()->id, 1u);
  queue.remove(1);
  EXPECT_EQ(queue.next()->id, 2u);
  EXPECT_EQ(queue.size(), 2u);
}

TEST(JobQueue, LargeOnesLetSmallOnesPassWhereTheyMayNotGo) {
  JobQueue queue;
  queue.push(large(1, 10));
  EXPECT_EQ(queue.next(false), nullptr);
  EXPECT_EQ(queue.next()->id, 1u);
  queue.push(job(2, 20));
  queue.push(large(3, 5));
  EXPECT_EQ(queue.next()->id, 1u);
  EXPECT_EQ(queue.next(false)->id, 2u);
  EXPECT_EQ(queue.next_deadline(), at(10));
  EXPECT_EQ(ids(queue.take_expired(at(10))), (std::vector<uint64_t>{1, 3}));
  EXPECT_EQ(queue.remove(2)->id, 2u);
  EXPECT_TRUE(queue.empty());
}

TEST(JobQueue, AJobThatComesBackGoesFirst) {
  JobQueue queue;
  queue.push(job(2, 10));
  queue.push(job(1, 20, 1));
  EXPECT_EQ(queue.next()->id, 1u);
}

TEST(JobQueue, TheNextDeadlineIsTheEarliestThoughRetriesStandFirst) {
  JobQueue queue;
  EXPECT_EQ(queue.next_deadline(), std::nullopt);
  queue.push(job(1, 30, 1));
  EXPECT_EQ(queue.next_deadline(), at(30));
  queue.push(job(2, 20));
  queue.push(job(3, 25));
  EXPECT_EQ(queue.next_deadline(), at(20));
}

TEST(JobQueue, TakesAllThatHaveExpiredAndNoOthers) {
  JobQueue queue;
  queue.push(job(1, 30, 1));
  queue.push(job(2, 20, 1));
  queue.push(job(3, 15));
  queue.push(job(4, 20));
  queue.push(job(5, 25));
  EXPECT_EQ(ids(queue.take_expired(at(14))), std::vector<uint64_t>{});
  EXPECT_EQ(ids(queue.take_expired(at(20))), (std::vector<uint64_t>{2, 3, 4}));
  EXPECT_EQ(ids(queue.take_all()), (std::vector<uint64_t>{1, 5}));
  EXPECT_TRUE(queue.empty());
}

TEST(JobQueue, RemovesById) {
  JobQueue queue;
  queue.push(job(1, 10));
  queue.push(job(2, 10));
  EXPECT_EQ(queue.remove(1)->id, 1u);
  EXPECT_FALSE(queue.remove(1));
  EXPECT_EQ(queue.size(), 1u);
}

}  // namespace
}  // namespace sekisho::worker
