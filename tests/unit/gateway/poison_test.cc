#include "gateway/poison.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace sekisho::gateway {
namespace {

using std::chrono::minutes;

std::string digest(char digit) { return std::string(64, digit); }

class PoisonTest : public testing::Test {
 protected:
  void SetUp() override { ::unlink(file_.c_str()); }
  void TearDown() override { ::unlink(file_.c_str()); }

  // A loss, after which the workers pass their self-test at once.
  bool lose(char digit, uint64_t size = 100) {
    clock_.advance(std::chrono::seconds(1));
    const bool poison = poison_.note_loss(digest(digit), size, proof_);
    proof_ = clock_.steady();
    return poison;
  }
  void answer(int times) {
    for (int i = 0; i < times; ++i) poison_.note_answer();
  }

  const std::string file_ = testing::TempDir() + "poison_test";
  FakeClock clock_;
  std::optional<SteadyTime> proof_;
  Poison poison_{file_, clock_};
};

TEST_F(PoisonTest, TheThirdLossMakesIt) {
  EXPECT_FALSE(lose('a'));
  EXPECT_FALSE(lose('a'));
  EXPECT_FALSE(poison_.holds(digest('a')));
  EXPECT_TRUE(lose('a'));
  EXPECT_TRUE(poison_.holds(digest('a')));
  EXPECT_FALSE(poison_.holds(digest('b')));
  EXPECT_TRUE(poison_.may_hold(100));
  EXPECT_FALSE(poison_.may_hold(101));
}

TEST_F(PoisonTest, IsForgottenAfterADay) {
  for (int i = 0; i < 3; ++i) lose('a');
  clock_.advance(std::chrono::hours(24) - minutes(1));
  EXPECT_TRUE(poison_.holds(digest('a')));
  clock_.advance(minutes(1));
  EXPECT_FALSE(poison_.holds(digest('a')));
  EXPECT_EQ(poison_.size(), 0u);
}

TEST_F(PoisonTest, SurvivesARestart) {
  for (int i = 0; i < 3; ++i) lose('a', 4711);
  lose('b');
  Poison next(file_, clock_);
  next.load();
  EXPECT_TRUE(next.may_hold(4711));
  EXPECT_TRUE(next.holds(digest('a')));
  EXPECT_EQ(next.size(), 1u);
}

TEST_F(PoisonTest, LinesThatMakeNoSenseArePassedOver) {
  std::ofstream(file_) << "short 1 99999999999\n" << digest('a') << " 5 99999999999\nnonsense\n";
  poison_.load();
  EXPECT_EQ(poison_.size(), 1u);
  EXPECT_TRUE(poison_.holds(digest('a')));
}

TEST_F(PoisonTest, WorkersThatHaveNotPassedSinceAreToBlameThemselves) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(poison_.note_loss(digest('a'), 100, std::nullopt));
  const SteadyTime before = clock_.steady();
  clock_.advance(minutes(1));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(poison_.note_loss(digest('b'), 100, before));
}

TEST_F(PoisonTest, WhenAllMailEndsWorkersNoneIsPoison) {
  EXPECT_FALSE(lose('a'));
  EXPECT_FALSE(lose('a'));
  EXPECT_TRUE(lose('a'));  // the first message of all: nothing else is known
  EXPECT_FALSE(poison_.blames_workers());
  lose('b');
  lose('c');
  EXPECT_TRUE(poison_.blames_workers());
  EXPECT_FALSE(poison_.holds(digest('a')));  // forgiven
  for (int round = 0; round < 5; ++round)
    for (const char message : {'a', 'b', 'c', 'd'}) EXPECT_FALSE(lose(message));
  Poison next(file_, clock_);
  next.load();
  EXPECT_EQ(next.size(), 0u);
}

TEST_F(PoisonTest, WhatWasPoisonLongBeforeStays) {
  for (int i = 0; i < 3; ++i) lose('a');
  clock_.advance(minutes(61));
  for (const char message : {'b', 'c', 'd'}) lose(message);
  EXPECT_TRUE(poison_.blames_workers());
  EXPECT_TRUE(poison_.holds(digest('a')));
}

TEST_F(PoisonTest, AmongAnsweredMailSeveralMayBePoison) {
  for (const char message : {'a', 'b', 'c', 'd'}) {
    answer(10);
    EXPECT_FALSE(lose(message));
    EXPECT_FALSE(lose(message));
    EXPECT_TRUE(lose(message));
  }
  EXPECT_EQ(poison_.size(), 4u);
}

TEST_F(PoisonTest, MemoryIsBoundedAndPoisonIsKeptLongest) {
  answer(10);
  for (int i = 0; i < 3; ++i) lose('a');
  for (size_t i = 0; i < Poison::kEntriesMax + 10; ++i) {
    answer(2);
    std::string name = std::to_string(i);
    poison_.note_loss(name + std::string(64 - name.size(), 'x'), i, proof_);
  }
  EXPECT_EQ(poison_.size(), Poison::kEntriesMax);
  EXPECT_TRUE(poison_.holds(digest('a')));
}

}  // namespace
}  // namespace sekisho::gateway
