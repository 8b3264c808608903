#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "test_parent.h"
#include "worker/pool.h"

namespace sekisho::worker {
namespace {

using std::chrono::milliseconds;

// Passes by "echo good"; a parent with "bad" in its setup fails, as one whose workers' answers to
// `job` are anything else.
std::vector<Trial> trials(std::string job = "echo good") {
  const auto is_good = [](std::string_view ready, std::string_view answer) -> Result<void> {
    if (ready != "loaded") return Error{"not ready"};
    if (answer.find("bad") != std::string_view::npos) return Error{"answers bad"};
    return {};
  };
  return {{std::move(job), -1, is_good}, {"setup", -1, is_good}};
}

PoolOptions tried_pool(std::string setup) {
  PoolOptions options = test_pool(std::move(setup));
  options.trials = trials();
  options.restart_delay = milliseconds(1);
  return options;
}

class TrialsTest : public testing::Test {
 protected:
  Result<std::string> start(PoolOptions options, const Clock& clock = system_clock()) {
    pool_ = std::make_unique<Pool>(std::move(options), clock);
    return pool_->start();
  }
  std::string run(std::string job) {
    std::optional<std::string> reply;
    pool_->submit(std::move(job), -1, [&](Result<std::string> result) {
      reply = result ? *result : "error " + std::to_string(result.error().code);
    });
    run_until(*pool_, [&] { return reply.has_value(); });
    return reply.value_or("nothing");
  }
  std::string reload(std::string setup) {
    std::optional<std::string> reply;
    pool_->reload(std::move(setup), [&](Result<std::string> result) {
      reply = result ? *result : result.error().message;
    });
    run_until(*pool_, [&] { return reply.has_value(); });
    return reply.value_or("nothing");
  }
  bool settles(size_t idle) {
    return run_until(*pool_, [&] { return pool_->counters().idle == idle; });
  }

  std::unique_ptr<Pool> pool_;
};

TEST_F(TrialsTest, OneWorkerPassesForAllAtTheStart) {
  ASSERT_TRUE(start(tried_pool("workers 3")));
  EXPECT_EQ(pool_->counters().trials, 1u);
  EXPECT_TRUE(pool_->last_proof());
  EXPECT_TRUE(settles(3));
  EXPECT_EQ(run("echo x"), "x");
}

TEST_F(TrialsTest, AWrongAnswerAtTheStartIsAnError) {
  const auto started = start(tried_pool("workers 2 bad"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "self-test: answers bad");
}

TEST_F(TrialsTest, WorkersThatDieOrHangInItAreAnErrorAtTheThird) {
  for (const char* job : {"crash", "hang"}) {
    PoolOptions options = tried_pool("workers 1");
    options.trials = trials(job);
    options.trial_timeout = milliseconds(100);
    EXPECT_FALSE(start(std::move(options))) << job;
    EXPECT_EQ(pool_->counters().deaths + pool_->counters().timeouts, 3u) << job;
  }
}

TEST_F(TrialsTest, AWorkerThatDiesInItOnceIsReplaced) {
  const std::string trace = testing::TempDir() + "trials_test_once";
  ::unlink(trace.c_str());
  PoolOptions options = tried_pool("workers 1");
  options.trials = trials("crash-once " + trace);
  ASSERT_TRUE(start(std::move(options)));
  EXPECT_EQ(run("echo x"), "x");
}

TEST_F(TrialsTest, OneWrongAnswerCostsAWorkerAndNotItsGeneration) {
  unsigned wrong = 0;
  PoolOptions options = tried_pool("workers 2");
  options.trials = {{"pids", -1, [&wrong](std::string_view, std::string_view) -> Result<void> {
                       if (wrong == 0) return {};
                       --wrong;
                       return Error{"answers bad"};
                     }}};
  wrong = 1;
  ASSERT_TRUE(start(options));
  EXPECT_TRUE(settles(2));
  wrong = 1;
  pool_->try_workers();
  EXPECT_TRUE(run_until(*pool_, [&] { return wrong == 0; }));
  EXPECT_EQ(pool_->counters().idle, 0u);  // nobody takes mail before one has passed
  EXPECT_EQ(run("echo x"), "x");
  EXPECT_TRUE(settles(2));
  EXPECT_EQ(pool_->counters().restarts, 0u);
  wrong = 2;
  pool_->try_workers();
  EXPECT_TRUE(run_until(*pool_, [&] { return pool_->counters().restarts == 1; }));
}

// "workers 0" is ready and has nobody who could pass.
TEST_F(TrialsTest, AParentThatIsNeverProvenIsGivenUp) {
  PoolOptions options = tried_pool("workers 0");
  options.proof_timeout = milliseconds(300);
  const auto started = start(options);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "the workers' parent ended in its self-test");
  options.setup = "workers 1 first";
  ASSERT_TRUE(start(options));
  EXPECT_EQ(reload("workers 0"), "the new workers' parent did not pass its self-test in time");
  EXPECT_EQ(run("setup"), "workers 1 first");
}

TEST_F(TrialsTest, APresentParentThatIsNeverProvenIsFollowedByAnother) {
  PoolOptions options = tried_pool("workers 1");
  options.proof_timeout = milliseconds(300);
  options.attempts = 1;
  ASSERT_TRUE(start(options));
  pool_->restart_with("workers 0");
  EXPECT_EQ(run("kill-parent"), "error " + std::to_string(kParentDied));
  pool_->restart_with("workers 1");
  EXPECT_TRUE(run_until(*pool_, [&] { return pool_->counters().restarts == 2; }));
  EXPECT_EQ(run("echo x"), "x");
}

TEST_F(TrialsTest, AReloadThatFailsItChangesNothing) {
  ASSERT_TRUE(start(tried_pool("workers 1 first")));
  EXPECT_EQ(reload("workers 1 bad"), "self-test: answers bad");
  EXPECT_EQ(run("setup"), "workers 1 first");
  EXPECT_EQ(reload("workers 2 second"), "loaded");
  EXPECT_EQ(run("setup"), "workers 2 second");
  EXPECT_TRUE(settles(2));
}

TEST_F(TrialsTest, DuringAReloadNoJobMeetsAnUnprovenWorker) {
  ASSERT_TRUE(start(tried_pool("workers 2 first")));
  std::optional<Result<std::string>> reloaded;
  size_t answers = 0, wrong = 0;
  pool_->reload("workers 2 bad", [&](Result<std::string> result) { reloaded = std::move(result); });
  run_until(*pool_, [&] {
    pool_->submit("setup", -1, [&](const Result<std::string>& answer) {
      ++answers;
      wrong += !answer || *answer != "workers 2 first";
    });
    return reloaded.has_value();
  });
  run_until(*pool_, [&] { return pool_->counters().queued + pool_->counters().busy == 0; });
  EXPECT_FALSE(*reloaded);
  EXPECT_GT(answers, 0u);
  EXPECT_EQ(wrong, 0u);
}

TEST_F(TrialsTest, AfterARestartJobsWaitForThePassing) {
  ASSERT_TRUE(start(tried_pool("workers 1")));
  EXPECT_EQ(run("kill-parent"), "error " + std::to_string(kParentDied));
  EXPECT_EQ(run("echo x"), "x");
  EXPECT_EQ(pool_->counters().trials, 1 + pool_->counters().restarts);
}

TEST_F(TrialsTest, EachIdleWorkerIsTriedWhenTheTimeHasCome) {
  FakeClock clock;
  PoolOptions options = tried_pool("workers 3");
  options.trial_interval = std::chrono::minutes(5);
  ASSERT_TRUE(start(std::move(options), clock));
  EXPECT_TRUE(settles(3));
  clock.advance(std::chrono::minutes(5));
  EXPECT_TRUE(run_until(*pool_, [&] { return pool_->counters().trials == 4; }));
  EXPECT_TRUE(settles(3));
  pool_->try_workers();
  EXPECT_TRUE(run_until(*pool_, [&] { return pool_->counters().trials == 7; }));
}

TEST_F(TrialsTest, AnIdleWorkerThatHangsIsFoundAndReplaced) {
  PoolOptions options = tried_pool("workers 1");
  options.trial_timeout = milliseconds(300);
  ASSERT_TRUE(start(std::move(options)));
  const pid_t stuck = std::stoi(run("pids"));
  ASSERT_EQ(::kill(stuck, SIGSTOP), 0);
  pool_->try_workers();
  EXPECT_TRUE(run_until(*pool_, [&] { return pool_->counters().timeouts == 1; }));
  EXPECT_NE(std::stoi(run("pids")), stuck);
}

// A generation goes wrong while it is in use: no job reaches it until it passes again.
TEST_F(TrialsTest, AGenerationThatFailsTakesNoJobUntilAnotherPasses) {
  bool bad = false;
  PoolOptions options = tried_pool("workers 2");
  options.queue_timeout = std::chrono::seconds(1);
  options.trials = {{"echo good", -1, [&bad](std::string_view, std::string_view) -> Result<void> {
                       if (bad) return Error{"turned bad"};
                       return {};
                     }}};
  ASSERT_TRUE(start(std::move(options)));
  bad = true;
  pool_->try_workers();
  EXPECT_TRUE(run_until(*pool_, [&] { return pool_->counters().restarts >= 1; }));
  EXPECT_EQ(run("echo x"), "error " + std::to_string(kNoWorker));
  bad = false;
  EXPECT_TRUE(settles(2));
  EXPECT_EQ(run("echo x"), "x");
}

}  // namespace
}  // namespace sekisho::worker
