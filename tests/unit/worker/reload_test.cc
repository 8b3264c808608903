#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>

#include "test_parent.h"
#include "worker/pool.h"

namespace sekisho::worker {
namespace {

using std::chrono::milliseconds;

class ReloadTest : public testing::Test {
 protected:
  void start(PoolOptions options) {
    pool_ = std::make_unique<Pool>(std::move(options), system_clock());
    ASSERT_TRUE(pool_->start());
  }

  // The job's reply, or "error N", once it has come.
  using Reply = std::shared_ptr<std::optional<std::string>>;
  static Pool::Done into(const Reply& reply) {
    return [reply](Result<std::string> result) {
      EXPECT_FALSE(reply->has_value());
      *reply = result ? *result : "error " + std::to_string(result.error().code);
    };
  }
  Reply submit(std::string job) {
    auto reply = std::make_shared<std::optional<std::string>>();
    pool_->submit(std::move(job), -1, into(reply));
    return reply;
  }
  Reply reload(std::string setup) {
    auto reply = std::make_shared<std::optional<std::string>>();
    pool_->reload(std::move(setup), into(reply));
    return reply;
  }
  std::string wait(const Reply& reply) {
    run_until(*pool_, [&] { return reply->has_value(); });
    return reply->value_or("nothing");
  }
  pid_t parent_pid() {
    const std::string pids = wait(submit("pids"));
    return std::stoi(pids.substr(pids.find(' ')));
  }
  bool ends(pid_t pid) {
    return run_until(*pool_, [pid] { return ::kill(pid, 0) != 0 && errno == ESRCH; });
  }

  std::unique_ptr<Pool> pool_;
};

TEST_F(ReloadTest, NewWorkersTakeOverAndTheOldParentLeaves) {
  start(test_pool("workers 2"));
  const pid_t old_parent = parent_pid();
  EXPECT_EQ(wait(reload("workers 3")), "loaded");
  EXPECT_NE(parent_pid(), old_parent);
  EXPECT_TRUE(ends(old_parent));
  run_until(*pool_, [&] { return pool_->counters().idle == 3; });
}

TEST_F(ReloadTest, AJobUnderWayEndsWhereItBegan) {
  start(test_pool("workers 1"));
  const std::string trace = testing::TempDir() + "reload_test_hang";
  ::unlink(trace.c_str());
  const pid_t old_parent = parent_pid();
  const Reply busy = submit("wait-for " + trace);
  run_until(*pool_, [&] { return pool_->counters().busy == 1; });
  EXPECT_EQ(wait(reload("workers 1")), "loaded");
  EXPECT_NE(parent_pid(), old_parent);  // served while the old one still works
  EXPECT_FALSE(busy->has_value());
  std::fclose(std::fopen(trace.c_str(), "w"));
  EXPECT_EQ(wait(busy), "done");
  EXPECT_TRUE(ends(old_parent));
  EXPECT_EQ(pool_->counters().retries + pool_->counters().deaths, 0u);
}

TEST_F(ReloadTest, AStuckWorkerOfTheOldParentIsKilledAndItsJobGoesToANewOne) {
  PoolOptions options = test_pool("workers 1");
  options.job_timeout = milliseconds(300);
  start(std::move(options));
  const std::string trace = testing::TempDir() + "reload_test_once";
  ::unlink(trace.c_str());
  const pid_t old_parent = parent_pid();
  const Reply stuck = submit("hang-once " + trace);
  run_until(*pool_, [&] { return pool_->counters().busy == 1; });
  EXPECT_EQ(wait(reload("workers 1")), "loaded");
  EXPECT_EQ(wait(stuck), "done");
  EXPECT_TRUE(ends(old_parent));
}

TEST_F(ReloadTest, AnIdleWorkerThatHangsDoesntKeepItsParent) {
  start(test_pool("workers 1"));
  const std::string pids = wait(submit("pids"));
  const pid_t worker = std::stoi(pids);
  const pid_t old_parent = parent_pid();
  ASSERT_EQ(::kill(worker, SIGSTOP), 0);
  EXPECT_EQ(wait(reload("workers 1")), "loaded");
  EXPECT_TRUE(ends(old_parent));
}

TEST_F(ReloadTest, AFailedLoadChangesNothing) {
  start(test_pool("workers 1"));
  const pid_t parent = parent_pid();
  EXPECT_EQ(wait(reload("fail bad signatures")), "error 0");
  EXPECT_EQ(wait(reload("exit")), "error 0");
  EXPECT_EQ(parent_pid(), parent);
}

TEST_F(ReloadTest, ALoadThatTakesTooLongIsGivenUp) {
  PoolOptions options = test_pool("workers 1");
  start(options);
  pool_.reset();
  options.start_timeout = milliseconds(400);
  start(std::move(options));
  const pid_t parent = parent_pid();
  EXPECT_EQ(wait(reload("silent")), "error " + std::to_string(ETIMEDOUT));
  EXPECT_EQ(parent_pid(), parent);
}

TEST_F(ReloadTest, ASecondReloadReplacesTheFirst) {
  start(test_pool("workers 1"));
  const Reply first = reload("silent");
  const Reply second = reload("workers 2");
  EXPECT_EQ(wait(second), "loaded");
  EXPECT_EQ(wait(first), "error " + std::to_string(ECANCELED));
}

TEST_F(ReloadTest, AParentThatDiesLaterIsFollowedByOneWithTheNewSetup) {
  start(test_pool("workers 1"));
  EXPECT_EQ(wait(reload("workers 3")), "loaded");
  ASSERT_EQ(::kill(parent_pid(), SIGKILL), 0);
  run_until(*pool_, [&] { return pool_->counters().restarts == 1 && pool_->counters().idle == 3; });
}

TEST_F(ReloadTest, ReloadsUnderLoadRefuseNothing) {
  start(test_pool("workers 2"));
  std::vector<Reply> replies;
  for (int round = 0; round < 5; ++round) {
    const Reply reloaded = reload("workers 2");
    run_until(*pool_, [&] {
      if (replies.size() < 20'000) replies.push_back(submit("echo x"));
      return reloaded->has_value();
    });
  }
  for (const Reply& reply : replies) ASSERT_EQ(wait(reply), "x");
  EXPECT_EQ(pool_->counters().failed, 0u);
}

TEST_F(ReloadTest, TheEndOfThePoolEndsAReload) {
  start(test_pool("workers 1"));
  const Reply reply = reload("silent");
  pool_.reset();
  EXPECT_EQ(reply->value_or(""), "error " + std::to_string(ECANCELED));
}

}  // namespace
}  // namespace sekisho::worker
