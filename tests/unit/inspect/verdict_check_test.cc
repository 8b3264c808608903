#include "inspect/verdict_check.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "inspect/header_places.h"
#include "inspect/pipeline.h"
#include "inspect/walk.h"

namespace sekisho::inspect {
namespace {

constexpr std::string_view kMessage =
    "A: b\r\n"                                             // 0
    "X-Spam-Flag: YES\r\n folded\r\nx-spam-level : *\r\n"  // 6..51
    "Subject: \t hello\r\n"                                // 51, value 60..62
    "X-Spam-Status: No\r\n"                                // 69..88
    "\r\nbody\r\n"                                         // 88
    "X-Spam-Flag: YES\r\nSubject: x\r\n";                  // 96, 114

const std::string kTop = "X-Spam-Status: No,\r\n\ttests=none\r\n";

class CheckedVerdict : public testing::Test {
 protected:
  void SetUp() override {
    auto spool = make_unlinked_file(testing::TempDir());
    ASSERT_TRUE(spool && write_all(spool->get(), kMessage));
    spool_ = std::move(*spool);
    job_.size = kMessage.size();
    job_.policies.resize(1);
    job_.policies[0].subject_tag = "[TAG] ";
  }

  // As many as fit a datagram: an Edit in JSON is 30 bytes.
  std::string check(uint64_t removals, size_t decisions) {
    Decision decision;
    for (uint64_t i = 0; i < removals; ++i) decision.edits.push_back({i, 1, ""});
    const Verdict verdict{{}, std::vector<Decision>(decisions, decision), {}};
    const auto checked = checked_verdict(to_text(verdict), job_, spool_.get());
    return checked ? "" : checked.error().message;
  }

  // "" or why not
  std::string check(const Decision& decision) {
    const auto verdict = checked_verdict(to_text(Verdict{{}, {decision}, {}}), job_, spool_.get());
    return verdict ? "" : verdict.error().message;
  }
  std::string check(std::vector<Edit> edits) {
    Decision decision;
    decision.edits = std::move(edits);
    return check(decision);
  }

  UniqueFd spool_;
  Job job_;
};

TEST_F(CheckedVerdict, WhatPoliciesMakePasses) {
  EXPECT_EQ(check(std::vector<Edit>{{0, 0, kTop}, {6, 45, ""}, {62, 0, "[TAG] "}, {69, 19, ""}}),
            "");
  EXPECT_EQ(check(std::vector<Edit>{{0, 0, kTop + "Subject: [TAG] \r\n"}}), "");
  EXPECT_EQ(check({Action::kReject, "virus V", 554, "5.7.1", "virus found: V", {}}), "");
  EXPECT_EQ(check({Action::kDefer, "x", 451, "4.7.1", "later", {}}), "");
  EXPECT_EQ(check({Action::kQuarantine, "spam", 0, "", "", {{0, 0, kTop}}}), "");
}

TEST_F(CheckedVerdict, NoEditTakesOutWhatIsNotOurs) {
  const std::string other = "edit that takes out other bytes";
  EXPECT_EQ(check({{0, kMessage.size(), ""}}), other);
  EXPECT_EQ(check({{0, kMessage.size(), "From: boss@example.com\r\n\r\npay\r\n"}}), other);
  EXPECT_EQ(check({{0, 6, ""}}), other);    // another field
  EXPECT_EQ(check({{6, 44, ""}}), other);   // not to its end
  EXPECT_EQ(check({{7, 44, ""}}), other);   // not from its beginning
  EXPECT_EQ(check({{6, 63, ""}}), other);   // and the Subject
  EXPECT_EQ(check({{90, 6, ""}}), other);   // the body
  EXPECT_EQ(check({{96, 18, ""}}), other);  // a line of the body that looks like ours
  EXPECT_EQ(check({{6, 45, "X-Spam-Flag: NO\r\n"}}), other);
}

TEST_F(CheckedVerdict, NoEditPutsInWhatIsNotOurs) {
  const std::string fields = "edit with other fields";
  for (const char* top : {"From: boss@example.com\r\n", "\r\nbody\r\n", "X-Spam-Flag: NO", "",
                          "X-Spam-Flag: NO\r\n\r\nbody\r\n", " X-Spam-Flag: NO\r\n",
                          "Subject: pay\r\n", "X-Spam-Flag NO\r\n"})
    EXPECT_EQ(check({{0, 0, top}}), fields) << top;
  EXPECT_EQ(check({{0, 0, kTop}, {0, 0, kTop}}), fields);
  const std::string text = "edit with other text";
  EXPECT_EQ(check({{62, 0, "other"}}), text);
  EXPECT_EQ(check({{63, 0, "[TAG] "}}), text);  // inside the value
  EXPECT_EQ(check({{58, 0, "[TAG] "}}), text);
  EXPECT_EQ(check({{92, 0, "[TAG] "}}), text);   // the body
  EXPECT_EQ(check({{123, 0, "[TAG] "}}), text);  // a Subject of the body
  EXPECT_EQ(check({{62, 0, "[TAG] "}, {62, 0, "[TAG] "}}), text);
}

TEST_F(CheckedVerdict, FewBytesDontStandForMany) {
  EXPECT_EQ(check(2800, 1000), "verdict: too many decisions");
  EXPECT_EQ(check(2800, 16), "verdict: too many removals");
  job_.policies.resize(16, job_.policies[0]);
  EXPECT_EQ(check(0, 16), "");
}

TEST_F(CheckedVerdict, EditsOutsideOrAcrossEachOtherAreRefused) {
  const std::string outside = "edits don't fit the message";
  EXPECT_EQ(check({{kMessage.size(), 1, ""}}), outside);
  EXPECT_EQ(check({{~uint64_t{0}, 2, ""}}), outside);
  EXPECT_EQ(check({{0, ~uint64_t{0}, ""}}), outside);
  EXPECT_EQ(check({{62, 0, "[TAG] "}, {0, 0, kTop}}), outside);
  EXPECT_EQ(check({{6, 45, ""}, {6, 45, ""}}), outside);
}

TEST_F(CheckedVerdict, Rfc5321_2_3_8_NoEditMakesABareLineEnd) {
  const std::string top = "X-Spam-Status: ";
  for (const char* end : {"a\n", "a\r", "\r\n.\n", "a\r\ra\r\n", "a\r\n.\r\n"})
    EXPECT_EQ(check({{0, 0, top + end}}), "edit with other fields") << end;
  EXPECT_EQ(check({{0, 0, top + std::string("a\0b\r\n", 5)}}), "edit with other fields");
  EXPECT_NE(check({{5, 0, "[TAG] "}}), "");  // between CR and LF
  EXPECT_NE(check({{4, 1, ""}}), "");
  EXPECT_NE(check({{5, 1, ""}}), "");
  EXPECT_EQ(check({{0, 0, top + std::string(70'000, 'x') + "\r\n"}}), "edit of too many bytes");
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

// What the walk edits, the check believes: they find the header's places apart from each other.
TEST_F(CheckedVerdict, WhatTheWalkMakesPassesHoweverOddTheHeader) {
  std::string many = "A: b\r\n";
  for (int i = 0; i < 300; ++i) many += "X-Spam-Flag: YES\r\nB: c\r\n";
  const std::string blanks(1500, ' ');
  const std::string rows[] = {
      "",
      "\r\n",
      "no header\r\n",
      "\r\nX-Spam-Flag: YES\r\n\r\nbody",
      "X-Spam-Flag: YES",
      "X-Spam-Flag: YES\r\n",
      "Subject:",
      "Subject:\r\n",
      "Subject:\r\n folded\r\n\r\n",
      "Subject \t: \t x\r\nSubject: y\r\n\r\nSubject: z\r\n",
      "Subject:" + blanks + "x\r\nX-Spam-Flag: YES\r\n\r\n",
      "Subject" + blanks + ": x\r\nX-Spam-Flag: YES\r\n\r\n",
      "X-Spam-Flag: a\r\nX-Spam-Flag" + blanks + ": x\r\n\r\n",
      "A: b\r\nodd line\r\nX-Spam-Flag: YES\r\nSubject: x\r\n\r\nbody\r\n",
      "X-Spam-Flag: YES\r\nodd line\r\nX-Spam-Flag: YES\r\n\r\nbody\r\n",
      "From a b c\r\nX-Spam-Flag: YES\r\nSubject: x\r\n\r\n",
      "\xEF\xBB\xBFSubject: x\r\nx-spam-LEVEL: *\r\nSubject: y\r\n\r\n",
      " folded\r\nX-Spam-Flag: YES\r\nSubject: x\r\n\r\n",
      "A: b\r\n \r\nX-Spam-Flag: YES\r\n \r\n\t\r\nSubject: \r\n x\r\n\r\n",
      "X-Spam-Flag: a\rX-Spam-Flag: b\r\r\nSubject: x\r\r\n\r\r\nX-Spam-Flag: c\r\n",
      "X-Spam-Flag: a\nX-Sekisho-Unscanned: b\nSubject: x\n\nX-Spam-Flag: c\n",
      "A: b\r\nX-Spam-Status: No,\r\n" + std::string(70'000, ' ') + "\r\n x\r\nSubject: y\r\n",
      std::string("X-Spam-Flag\0: a\r\nX-Spam-Flag: \0\r\nSubject: \0x\r\n\r\n", 48),
      many + "Subject: x\r\n\r\n",
      "A: b\r\n" + many.substr(0, 200 * 24) + "Subject: x\r\n\r\n",
      "A: " + std::string(2'000'000, 'x') + "\r\nX-Spam-Flag: YES\r\nSubject: x\r\n\r\n",
      "Content-Type: multipart/mixed; boundary=b\r\nSubject: x\r\n--b\r\n\r\nX-Spam-Flag: a\r\n",
  };
  auto pipeline = Pipeline::make(nullptr, nullptr, testing::TempDir());
  ASSERT_TRUE(pipeline);
  job_.policies[0].spam_threshold = -1;
  for (const std::string& message : rows) {
    auto spool = make_unlinked_file(testing::TempDir());
    ASSERT_TRUE(spool && write_all(spool->get(), message));
    job_.size = message.size();
    const Verdict verdict = (*pipeline)->run(spool->get(), job_);
    EXPECT_EQ(verdict.decisions[0].reply_code, message == rows[23] ? 451 : 0);
    const auto checked = checked_verdict(to_text(verdict), job_, spool->get());
    EXPECT_TRUE(checked) << checked.error().message << ": " << message.substr(0, 200);
  }
}

TEST_F(CheckedVerdict, AFieldThatReachesTheEndOfTheScanStays) {
  std::string message = "X-Spam-Flag: ";
  while (message.size() < kHeaderScanMax) message += "x\r\n ";
  message += "Y\r\n\r\n";
  auto spool = make_unlinked_file(testing::TempDir());
  ASSERT_TRUE(spool && write_all(spool->get(), message));
  const auto places = find_header_places(spool->get(), message.size(), kHeaderScanMax);
  ASSERT_TRUE(places);
  EXPECT_TRUE(places->ours.empty());
}

TEST_F(CheckedVerdict, EachPolicyHasADecision) {
  job_.policies.resize(2);
  EXPECT_EQ(check(Decision{}), "verdict without a decision for each policy");
}

}  // namespace
}  // namespace sekisho::inspect
