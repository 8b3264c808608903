#include "worker/pool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "test_parent.h"
#include "worker/channel.h"

namespace sekisho::worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A started pool, and what became of each job.
class PoolTest : public testing::Test {
 protected:
  struct Outcome {
    unsigned times = 0;
    std::string reply;  // or "error N"
  };

  void start(size_t workers) { start(test_pool("workers " + std::to_string(workers))); }
  void start(PoolOptions options, const Clock& clock = system_clock()) {
    pool_ = std::make_unique<Pool>(std::move(options), clock);
    const Result<std::string> ready = pool_->start();
    ASSERT_TRUE(ready) << ready.error().message;
    EXPECT_EQ(*ready, "loaded");
  }

  uint64_t submit(std::string job, int fd = -1) {
    ++submitted_;
    const auto slot = std::make_shared<uint64_t>(0);
    *slot = pool_->submit(std::move(job), fd, [this, slot](Result<std::string> result) {
      Outcome& outcome = outcomes_[*slot];
      ++outcome.times;
      outcome.reply = result ? *result : "error " + std::to_string(result.error().code);
      order_.push_back(*slot);
    });
    return *slot;
  }

  void run_all() {
    run_until(*pool_, [this] { return outcomes_.size() == submitted_; });
  }
  void run_until_busy(size_t n) {
    run_until(*pool_, [this, n] { return pool_->counters().busy == n; });
  }
  std::string run(std::string job, int fd = -1) {
    const uint64_t id = submit(std::move(job), fd);
    run_until(*pool_, [&] { return outcomes_.count(id) > 0; });
    return outcomes_[id].reply;
  }
  // "worker parent"
  std::pair<pid_t, pid_t> pids() {
    const std::string text = run("pids");
    return {std::stoi(text), std::stoi(text.substr(text.find(' ')))};
  }
  void expect_each_once() const {
    EXPECT_EQ(outcomes_.size(), submitted_);
    for (const auto& [id, outcome] : outcomes_) EXPECT_EQ(outcome.times, 1u) << "job " << id;
  }

  std::map<uint64_t, Outcome> outcomes_;
  std::vector<uint64_t> order_;
  size_t submitted_ = 0;
  std::unique_ptr<Pool> pool_;  // last: its destructor calls Done
};

// A folder for jobs that leave a trace, gone at the end.
class TraceFolder {
 public:
  TraceFolder() { EXPECT_NE(::mkdtemp(path_.data()), nullptr); }
  ~TraceFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = "/tmp/pool_test.XXXXXX";
};

std::string error(int code) { return "error " + std::to_string(code); }

TEST_F(PoolTest, AnswersAJob) {
  start(1);
  EXPECT_EQ(run("echo hello"), "hello");
  EXPECT_EQ(pool_->counters().jobs, 1u);
}

TEST_F(PoolTest, TheWorkerReadsTheFileOfTheJob) {
  start(1);
  const UniqueFd file = std::move(*make_unlinked_file("/tmp"));
  ASSERT_TRUE(write_at(file.get(), "the message", 0));
  EXPECT_EQ(run("read", file.get()), "the message");
}

TEST_F(PoolTest, AReadOnlyDescriptorStaysReadOnlyInTheWorker) {
  start(1);
  const UniqueFd file = std::move(*make_unlinked_file("/tmp"));
  ASSERT_TRUE(write_at(file.get(), "the message", 0));
  const UniqueFd read_only = std::move(*reopen_read_only(file.get()));
  EXPECT_EQ(run("write", read_only.get()), "refused");
  EXPECT_EQ(run("read", read_only.get()), "the message");
  EXPECT_EQ(run("write", file.get()), "written");  // so the refusal was the descriptor's
}

TEST_F(PoolTest, ThousandJobsOverThreeWorkers) {
  start(3);
  std::map<uint64_t, std::string> expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = "job " + std::to_string(i);
    expected[submit("echo " + text)] = text;
  }
  run_all();
  expect_each_once();
  for (const auto& [id, text] : expected) EXPECT_EQ(outcomes_[id].reply, text);
  const Counters now = pool_->counters();
  EXPECT_EQ(now.jobs, 1000u);
  EXPECT_EQ(now.deaths + now.retries + now.failed + now.busy + now.queued, 0u);
}

TEST_F(PoolTest, UsesAllWorkersAtOnce) {
  start(3);
  for (int i = 0; i < 4; ++i) submit("hang");
  run_until_busy(3);
  EXPECT_EQ(pool_->counters().queued, 1u);
  EXPECT_EQ(pool_->counters().idle, 0u);
}

TEST_F(PoolTest, JobsOfOneWorkerEndInTheOrderTheyCame) {
  start(1);
  for (int i = 0; i < 50; ++i) submit("echo x");
  run_all();
  EXPECT_TRUE(std::is_sorted(order_.begin(), order_.end()));
}

TEST_F(PoolTest, CarriesTheLargestReply) {
  start(1);
  EXPECT_EQ(run("big " + std::to_string(kMessageBytesMax)).size(), kMessageBytesMax);
}

TEST_F(PoolTest, AnOversizeReplyIsAnErrorAfterTwoTries) {
  start(1);
  EXPECT_EQ(run("oversize"), error(EPIPE));
  EXPECT_EQ(pool_->counters().retries, 1u);
  EXPECT_EQ(run("echo still here"), "still here");
}

TEST_F(PoolTest, EmptyAndOversizeJobsAreErrors) {
  start(1);
  EXPECT_EQ(run(""), error(EMSGSIZE));
  EXPECT_EQ(run(std::string(kMessageBytesMax + 1, 'x')), error(EMSGSIZE));
  EXPECT_EQ(run("echo " + std::string(kMessageBytesMax - 5, 'x')).size(), kMessageBytesMax - 5);
}

TEST_F(PoolTest, AClosedDescriptorIsAnErrorOfThatJobOnly) {
  start(1);
  submit("read", 9999);
  submit("echo fine");
  run_all();
  EXPECT_EQ(outcomes_[1].reply, error(EBADF));
  EXPECT_EQ(outcomes_[2].reply, "fine");
}

TEST_F(PoolTest, DoneIsNeverCalledInsideSubmit) {
  start(1);
  submit("");
  EXPECT_TRUE(outcomes_.empty());
  pollfd watched{pool_->event_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&watched, 1, 0), 1);  // but it is announced
  run_all();
}

TEST_F(PoolTest, DoneMaySubmitTheNextJob) {
  start(1);
  int left = 100;
  std::function<void(Result<std::string>)> next = [&](Result<std::string> result) {
    EXPECT_TRUE(result);
    if (--left > 0) pool_->submit("echo again", -1, next);
  };
  pool_->submit("echo first", -1, next);
  run_until(*pool_, [&] { return left == 0; });
}

TEST_F(PoolTest, ACrashIsTriedOnceMoreOnAnotherWorker) {
  start(2);
  const TraceFolder folder;
  EXPECT_EQ(run("crash-once " + folder / "trace"), "done");
  EXPECT_EQ(pool_->counters().deaths, 1u);
  EXPECT_EQ(pool_->counters().retries, 1u);
}

TEST_F(PoolTest, AJobThatCrashesTwiceIsAnErrorAndOthersAreUnharmed) {
  start(2);
  const uint64_t poison = submit("crash");
  for (int i = 0; i < 20; ++i) submit("echo fine");
  run_all();
  expect_each_once();
  for (const auto& [id, outcome] : outcomes_)
    EXPECT_EQ(outcome.reply, id == poison ? error(EPIPE) : "fine");
  EXPECT_EQ(pool_->counters().deaths, 2u);
  run_until(*pool_, [&] { return pool_->counters().idle == 2; });  // both replaced
}

TEST_F(PoolTest, ManyCrashesDoNotStopThePool) {
  start(2);
  for (int i = 0; i < 6; ++i) submit("crash");
  submit("echo fine");
  run_all();
  expect_each_once();
  EXPECT_EQ(outcomes_[7].reply, "fine");
  EXPECT_EQ(pool_->counters().deaths, 12u);
}

TEST_F(PoolTest, AnIdleWorkerThatDiesIsReplacedWithoutARetry) {
  start(1);
  const pid_t worker = pids().first;
  ASSERT_EQ(::kill(worker, SIGKILL), 0);
  const uint64_t id = submit("echo fine");
  run_all();
  EXPECT_EQ(outcomes_[id].reply, "fine");
  EXPECT_NE(pids().first, worker);
}

TEST_F(PoolTest, AWorkerOverItsDeadlineIsKilledAndTheJobTriedAgain) {
  FakeClock clock;
  PoolOptions options = test_pool("workers 1");
  options.job_timeout = seconds(30);
  start(options, clock);
  const TraceFolder folder;
  submit("hang-once " + folder / "trace");
  run_until_busy(1);
  run_until(*pool_, [&] { return std::filesystem::exists(folder / "trace"); });
  clock.advance(milliseconds(29'999));
  pool_->dispatch();
  EXPECT_EQ(pool_->counters().timeouts, 0u);
  clock.advance(milliseconds(1));
  run_all();
  EXPECT_EQ(outcomes_[1].reply, "done");
  EXPECT_EQ(pool_->counters().timeouts, 1u);
  EXPECT_EQ(pool_->counters().deaths, 0u);
}

TEST_F(PoolTest, AJobThatHangsTwiceIsAnErrorAndItsWorkersAreDead) {
  PoolOptions options = test_pool("workers 1");
  options.job_timeout = milliseconds(50);
  start(options);
  const pid_t worker = pids().first;
  EXPECT_EQ(run("hang"), error(kWorkerLate));
  EXPECT_EQ(pool_->counters().timeouts, 2u);
  EXPECT_NE(pids().first, worker);
  EXPECT_NE(::kill(worker, 0), 0);  // reaped too
}

TEST_F(PoolTest, NextTimeoutIsTheEarliestDeadline) {
  FakeClock clock;
  PoolOptions options = test_pool("workers 1");
  options.job_timeout = seconds(30);
  options.queue_timeout = seconds(7);
  start(options, clock);
  EXPECT_EQ(pool_->next_timeout(), std::nullopt);
  submit("hang");
  EXPECT_EQ(pool_->next_timeout(), clock.steady() + seconds(7));
  run_until_busy(1);
  EXPECT_EQ(pool_->next_timeout(), clock.steady() + seconds(30));
  submit("echo waiting");
  EXPECT_EQ(pool_->next_timeout(), clock.steady() + seconds(7));
}

TEST_F(PoolTest, WaitingForAWorkerIsBounded) {
  FakeClock clock;
  PoolOptions options = test_pool("workers 1");
  options.queue_timeout = seconds(7);
  start(options, clock);
  submit("hang");
  run_until_busy(1);
  const uint64_t waiting = submit("echo never");
  clock.advance(seconds(7));
  pool_->dispatch();
  EXPECT_EQ(outcomes_[waiting].reply, error(ETIMEDOUT));
  EXPECT_EQ(pool_->counters().busy, 1u);
}

TEST_F(PoolTest, AFullQueueIsAnError) {
  PoolOptions options = test_pool("workers 1");
  options.queue_max = 2;
  start(options);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(pool_->full(), i == 2);
    submit("echo x");
  }
  run_all();
  EXPECT_FALSE(pool_->full());
  EXPECT_EQ(outcomes_[3].reply, error(EAGAIN));
  EXPECT_EQ(outcomes_[2].reply, "x");
}

TEST_F(PoolTest, AfterTheParentDiesANewOneServesTheQueue) {
  start(1);
  const TraceFolder folder;
  const auto [worker, parent] = pids();
  submit("hang-once " + folder / "trace");
  run_until(*pool_, [&] { return std::filesystem::exists(folder / "trace"); });
  for (int i = 0; i < 20; ++i) submit("echo done");
  ASSERT_EQ(::kill(parent, SIGKILL), 0);
  run_all();
  expect_each_once();
  for (const auto& [id, outcome] : outcomes_)
    EXPECT_TRUE(id == 1 || outcome.reply == "done") << id << ": " << outcome.reply;
  EXPECT_EQ(pool_->counters().restarts, 1u);
  const auto [new_worker, new_parent] = pids();
  EXPECT_NE(new_parent, parent);
  EXPECT_NE(new_worker, worker);
  run_until(*pool_, [old = parent] { return ::kill(old, 0) != 0; });  // reaped
}

TEST_F(PoolTest, AJobThatKillsTheParentIsTriedTwiceAndThePoolLives) {
  PoolOptions options = test_pool("workers 1");
  options.restart_delay = milliseconds(1);
  start(options);
  EXPECT_EQ(run("kill-parent"), error(kParentDied));
  EXPECT_EQ(run("echo alive"), "alive");
  EXPECT_EQ(pool_->counters().restarts, 2u);
}

TEST_F(PoolTest, RestartsOfTheParentAreSpacedByADoublingDelay) {
  FakeClock clock;
  PoolOptions options = test_pool("workers 1");
  options.restart_delay = seconds(1);
  options.job_timeout = options.queue_timeout = seconds(1000);
  start(options, clock);
  for (const int delay : {0, 1, 2, 4}) {
    ASSERT_EQ(::kill(pids().second, SIGKILL), 0);
    const uint64_t restarts = pool_->counters().restarts;
    const auto parent_is_gone = [&] {
      return pool_->counters().restarts > restarts || pool_->next_timeout().has_value();
    };
    run_until(*pool_, parent_is_gone);
    if (delay > 0) {
      EXPECT_EQ(pool_->next_timeout(), clock.steady() + seconds(delay));
      clock.advance(seconds(delay) - milliseconds(1));
      pool_->dispatch();
      EXPECT_EQ(pool_->counters().restarts, restarts);
      clock.advance(milliseconds(1));
      pool_->dispatch();
    }
    EXPECT_EQ(pool_->counters().restarts, restarts + 1);
  }
}

TEST_F(PoolTest, WithoutAParentJobsWaitOnlySoLong) {
  FakeClock clock;
  PoolOptions options = test_pool("workers 1");
  options.restart_delay = seconds(1000);
  options.restart_delay_max = seconds(1000);
  options.queue_timeout = seconds(7);
  start(options, clock);
  for (int i = 0; i < 2; ++i) {  // the first restart is at once
    ASSERT_EQ(::kill(pids().second, SIGKILL), 0);
    run_until(*pool_, [&] { return pool_->next_timeout().has_value(); });
  }
  const uint64_t id = submit("echo never");
  clock.advance(seconds(7));
  pool_->dispatch();
  EXPECT_EQ(outcomes_[id].reply, error(ETIMEDOUT));
}

TEST(Pool, AParentThatFailsToLoadSaysWhy) {
  Pool pool(test_pool("fail no signatures in /x"), system_clock());
  const Result<std::string> ready = pool.start();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().message, "no signatures in /x");
}

TEST(Pool, AParentThatEndsEarlyIsAnErrorWithItsExitCode) {
  Pool pool(test_pool("exit"), system_clock());
  const Result<std::string> ready = pool.start();
  ASSERT_FALSE(ready);
  EXPECT_NE(ready.error().message.find("exit 7"), std::string::npos) << ready.error().message;
}

TEST(Pool, AParentThatNeverGetsReadyIsKilled) {
  PoolOptions options = test_pool("silent");
  options.start_timeout = milliseconds(50);
  Pool pool(options, system_clock());
  EXPECT_EQ(pool.start().error().code, ETIMEDOUT);
}

TEST(Pool, AProgramThatIsMissingIsAnError) {
  PoolOptions options = test_pool("workers 1");
  options.argv = {"/nonexistent/program"};
  Pool pool(options, system_clock());
  EXPECT_EQ(pool.start().error().code, ENOENT);
}

TEST_F(PoolTest, ACancelledJobThatWaitsIsNotRun) {
  start(1);
  const TraceFolder folder;
  submit("hang");
  run_until_busy(1);
  const uint64_t id = submit("crash-once " + folder / "trace");
  pool_->cancel(id);
  EXPECT_EQ(outcomes_.count(id), 0u);
  pool_->dispatch();
  EXPECT_EQ(outcomes_[id].reply, error(ECANCELED));
  EXPECT_EQ(pool_->counters().queued, 0u);
  EXPECT_EQ(pool_->counters().cancelled, 1u);
}

TEST_F(PoolTest, TheReplyOfACancelledJobIsThrownAway) {
  start(1);
  run("echo warm");
  const uint64_t id = submit("echo late");
  pool_->cancel(id);
  EXPECT_EQ(run("echo next"), "next");
  expect_each_once();
  EXPECT_EQ(outcomes_[id].reply, error(ECANCELED));
}

TEST_F(PoolTest, ACancelledJobThatCrashesIsNotTriedAgain) {
  start(1);
  run("echo warm");
  const uint64_t id = submit("crash");
  pool_->cancel(id);
  EXPECT_EQ(run("echo next"), "next");
  EXPECT_EQ(outcomes_[id].reply, error(ECANCELED));
  EXPECT_EQ(pool_->counters().retries, 0u);
  EXPECT_EQ(pool_->counters().deaths, 1u);
}

TEST_F(PoolTest, CancellingAJobThatEndedDoesNothing) {
  start(1);
  run("echo x");
  pool_->cancel(1);
  pool_->cancel(99);
  pool_->dispatch();
  expect_each_once();
}

TEST_F(PoolTest, StopEndsEveryJobOnceAndAllProcesses) {
  start(2);
  const auto [worker, parent] = pids();
  for (int i = 0; i < 3; ++i) submit("hang");
  run_until_busy(2);
  pool_->stop();
  expect_each_once();
  for (const auto& [id, outcome] : outcomes_)
    EXPECT_TRUE(id == 1 || outcome.reply == error(ECANCELED)) << outcome.reply;
  EXPECT_NE(::kill(parent, 0), 0);
  EXPECT_NE(::kill(worker, 0), 0);
  pool_->stop();
  expect_each_once();
}

TEST_F(PoolTest, StopWithGraceLetsJobsEnd) {
  start(1);
  for (int i = 0; i < 20; ++i) submit("echo fine");
  pool_->stop(seconds(20));
  expect_each_once();
  for (const auto& [id, outcome] : outcomes_) EXPECT_EQ(outcome.reply, "fine");
}

TEST_F(PoolTest, AJobAfterStopIsAnError) {
  start(1);
  pool_->stop();
  const uint64_t id = submit("echo x");
  pool_->dispatch();
  EXPECT_EQ(outcomes_[id].reply, error(ECANCELED));
}

TEST_F(PoolTest, WorkersAndParentLeaveWhenTheFrontIsGone) {
  start(1);
  const auto [worker, parent] = pids();
  pool_.reset();
  EXPECT_NE(::kill(parent, 0), 0);
  EXPECT_NE(::kill(worker, 0), 0);
}

TEST_F(PoolTest, AWorkerThatLeavesIsReplaced) {
  start(1);
  EXPECT_EQ(run("leave"), error(EPIPE));
  EXPECT_EQ(run("echo next"), "next");
}

}  // namespace
}  // namespace sekisho::worker
