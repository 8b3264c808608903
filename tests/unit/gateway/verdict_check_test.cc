#include "gateway/verdict_check.h"

#include <gtest/gtest.h>

#include "gateway/spool.h"

namespace sekisho::gateway {
namespace {

using inspect::Action;
using inspect::Decision;
using inspect::Edit;

constexpr std::string_view kMessage = "A: b\r\n\r\nbody\r\n";

class CheckedVerdict : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(spool_.append(kMessage));
    ASSERT_TRUE(spool_.finish());
    job_.size = spool_.size();
    job_.policies.resize(1);
  }

  // "" or why not
  std::string check(const Decision& decision) {
    const auto verdict = checked_verdict(inspect::to_text(inspect::Verdict{{}, {decision}, {}}),
                                         job_, spool_.read_fd());
    return verdict ? "" : verdict.error().message;
  }
  std::string check(std::vector<Edit> edits) {
    Decision decision;
    decision.edits = std::move(edits);
    return check(decision);
  }

  SpoolFiles files_{testing::TempDir()};
  Spool spool_{files_};
  inspect::Job job_;
};

TEST_F(CheckedVerdict, WhatPoliciesMakePasses) {
  EXPECT_EQ(check(std::vector<Edit>{{0, 0, "X: y\r\n"}, {0, 6, ""}, {8, 4, "BODY"}}), "");
  EXPECT_EQ(check({Action::kReject, "virus V", 554, "5.7.1", "virus found: V", {}}), "");
  EXPECT_EQ(check({Action::kDefer, "x", 451, "4.7.1", "later", {}}), "");
  EXPECT_EQ(check({Action::kQuarantine, "spam", 0, "", "", {{0, 0, "X: y\r\n"}}}), "");
}

TEST_F(CheckedVerdict, EditsOutsideOrAcrossEachOtherAreRefused) {
  EXPECT_NE(check({{14, 1, ""}}), "");
  EXPECT_NE(check({{~uint64_t{0}, 2, ""}}), "");
  EXPECT_NE(check({{0, ~uint64_t{0}, ""}}), "");
  EXPECT_NE(check({{2, 3, ""}, {0, 1, ""}}), "");
  EXPECT_NE(check({{0, 3, ""}, {2, 1, ""}}), "");
}

TEST_F(CheckedVerdict, Rfc5321_2_3_8_NoEditMakesABareLineEnd) {
  for (const char* insert : {"a\n", "a\r", "\r\n.\n", "a\r\rb"})
    EXPECT_EQ(check({{0, 0, insert}}), "edit with a bare line end") << insert;
  EXPECT_EQ(check({{0, 0, std::string("a\0b\r\n", 5)}}), "edit with a bare line end");
  EXPECT_EQ(check({{5, 0, "x"}}), "edit inside a line end");
  EXPECT_EQ(check({{4, 1, ""}}), "edit inside a line end");
  EXPECT_EQ(check({{5, 1, ""}}), "edit inside a line end");
  EXPECT_EQ(check({{0, 0, std::string(70'000, 'x')}}), "edits of too many bytes");
}

TEST_F(CheckedVerdict, RepliesAreOneLineAndOfTheirClass) {
  const Decision bad[] = {
      {Action::kReject, "", 250, "2.0.0", "ok", {}},
      {Action::kReject, "", 451, "4.7.1", "later", {}},
      {Action::kDefer, "", 554, "5.7.1", "no", {}},
      {Action::kReject, "", 554, "2.0.0", "no", {}},
      {Action::kReject, "", 554, "5.7", "no", {}},
      {Action::kReject, "", 554, "5.7.1\r\n250 ok", "no", {}},
      {Action::kReject, "", 554, "5.7.1", "no\r\n250 ok", {}},
      {Action::kReject, "", 554, "5.7.1", std::string(500, 'x'), {}},
      {Action::kReject, "", 554, "5.7.1", "no", {{0, 0, "X: y\r\n"}}},
      {Action::kAccept, "", 250, "", "", {}},
      {Action::kDiscard, "", 0, "", "", {}},  // no policy that discards
  };
  for (const Decision& decision : bad)
    EXPECT_EQ(check(decision), "verdict that no policy allows") << decision.reply;
}

TEST_F(CheckedVerdict, EachPolicyHasADecision) {
  job_.policies.resize(2);
  EXPECT_EQ(check(Decision{}), "verdict without a decision for each policy");
}

}  // namespace
}  // namespace sekisho::gateway
