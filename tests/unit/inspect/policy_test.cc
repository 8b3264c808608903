#include "inspect/policy.h"

#include <gtest/gtest.h>

namespace sekisho::inspect {
namespace {

using config::SpamAction;
using config::UnscannedAction;
using config::VirusAction;

template <typename Set>
Policy policy_with(Set set) {
  Policy policy;
  set(policy);
  return policy;
}

Findings spam() {
  Findings findings;
  findings.score = 7;
  findings.hits = {{"A_RULE", 7}};
  return findings;
}

TEST(Decide, CleanMailGetsOneField) {
  Findings findings;
  findings.hits = {{"A", 1.25}, {"B", 0}};
  findings.score = 1.25;
  const Decision decision = decide(findings, {}, {});
  EXPECT_EQ(decision.action, Action::kAccept);
  ASSERT_EQ(decision.edits.size(), 1u);
  EXPECT_EQ(decision.edits[0],
            (Edit{0, 0, "X-Spam-Status: No, score=1.2 required=5.0\r\n\ttests=A,B\r\n"}));
}

TEST(Decide, EachActionOfEachKind) {
  Findings virus, unscanned;
  virus.viruses = {"Bad.Thing"};
  unscanned.unscanned = {"encrypted"};
  const struct {
    const char* name;
    Findings findings;
    Policy policy;
    Action action;
    int code;
  } rows[] = {
      {"virus is refused", virus, {}, Action::kReject, 554},
      {"virus held", virus, policy_with([](Policy& p) { p.virus = VirusAction::kQuarantine; }),
       Action::kQuarantine, 0},
      {"virus dropped", virus, policy_with([](Policy& p) { p.virus = VirusAction::kDiscard; }),
       Action::kDiscard, 0},
      {"unscanned is deferred", unscanned, {}, Action::kDefer, 451},
      {"unscanned refused", unscanned,
       policy_with([](Policy& p) { p.unscanned = UnscannedAction::kReject; }), Action::kReject,
       554},
      {"unscanned tagged", unscanned,
       policy_with([](Policy& p) { p.unscanned = UnscannedAction::kTag; }), Action::kTag, 0},
      {"spam is tagged", spam(), {}, Action::kTag, 0},
      {"spam refused", spam(), policy_with([](Policy& p) { p.spam = SpamAction::kReject; }),
       Action::kReject, 554},
      {"spam held", spam(), policy_with([](Policy& p) { p.spam = SpamAction::kQuarantine; }),
       Action::kQuarantine, 0},
      {"spam not looked for", spam(), policy_with([](Policy& p) { p.spam = SpamAction::kOff; }),
       Action::kAccept, 0},
      {"over a higher threshold", spam(), policy_with([](Policy& p) { p.spam_threshold = 8; }),
       Action::kAccept, 0},
  };
  for (const auto& row : rows) {
    const Decision decision = decide(row.findings, row.policy, {});
    EXPECT_EQ(decision.action, row.action) << row.name;
    EXPECT_EQ(decision.reply_code, row.code) << row.name;
    EXPECT_EQ(decision.edits.empty(), row.code != 0) << row.name;
  }
}

TEST(Decide, AVirusOutweighsAllElse) {
  Findings findings = spam();
  findings.viruses = {"Bad.Thing"};
  findings.unscanned = {"limit"};
  const Decision decision =
      decide(findings, policy_with([](Policy& p) { p.unscanned = UnscannedAction::kTag; }), {});
  EXPECT_EQ(decision.reply, "virus found: Bad.Thing");
}

TEST(Decide, TaggingUnscannedMailDoesNotExcuseSpam) {
  Findings findings = spam();
  findings.unscanned = {"encrypted"};
  const Policy policy = policy_with([](Policy& p) {
    p.spam = SpamAction::kReject;
    p.unscanned = UnscannedAction::kTag;
  });
  EXPECT_EQ(decide(findings, policy, {}).action, Action::kReject);
}

TEST(Decide, SubjectIsTaggedAndForgedFieldsGo) {
  const Policy policy = policy_with([](Policy& p) { p.subject_tag = "[SPAM] "; });
  EditPlaces places;
  places.removals = {{10, 20, ""}};
  places.has_subject = true;
  places.subject_value = 5;
  const Decision decision = decide(spam(), policy, places);
  ASSERT_EQ(decision.edits.size(), 3u);
  EXPECT_EQ(decision.edits[1], (Edit{5, 0, "[SPAM] "}));
  EXPECT_EQ(decision.edits[2], (Edit{10, 20, ""}));
}

TEST(Decide, WithoutASubjectOneIsMade) {
  const Decision decision =
      decide(spam(), policy_with([](Policy& p) { p.subject_tag = "[SPAM] "; }), {});
  EXPECT_NE(decision.edits[0].insert.find("Subject: [SPAM] \r\n"), std::string::npos);
}

TEST(Decide, NamesFromOutsideForgeNoLine) {
  Findings findings;
  findings.viruses = {"Bad\r\n250 OK \x1b[31m"};
  const Decision decision = decide(findings, {}, {});
  EXPECT_EQ(decision.reply, "virus found: Bad??250?OK??[31m");
}

TEST(SpamStatusField, Rfc5322_2_1_1_LinesAreFolded) {
  Findings findings;
  for (int i = 0; i < 300; ++i) findings.hits.push_back({"RULE_NUMBER_" + std::to_string(i), 0.1});
  const std::string field = spam_status_field(findings, {}, false);
  size_t start = 0;
  for (size_t end; (end = field.find("\r\n", start)) != std::string::npos; start = end + 2)
    EXPECT_LE(end - start, 78u);
  EXPECT_LE(field.size(), kTestsBytesMax + 500);
  EXPECT_TRUE(field.ends_with("\r\n"));
}

TEST(Verdict, SurvivesTheWayThroughTheChannel) {
  Verdict verdict;
  verdict.findings = spam();
  verdict.findings.viruses = {"V"};
  verdict.findings.from = "caf\xE9";  // not UTF-8
  Decision decision;
  decision.action = Action::kQuarantine;
  decision.edits = {{3, 4, "bytes \x80\xFF\xC3\xA9 \xE3"}};
  verdict.decisions = {decision};
  const auto again = parse_verdict(to_text(verdict));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->decisions[0].edits, decision.edits);
  EXPECT_EQ(again->decisions[0].action, Action::kQuarantine);
  EXPECT_EQ(again->findings.viruses, verdict.findings.viruses);
}

TEST(Verdict, NonsenseIsAnError) {
  EXPECT_FALSE(parse_verdict(""));
  EXPECT_FALSE(parse_verdict("{}"));
  std::string text = to_text(Verdict{{}, {Decision{}}, {}});
  text.replace(text.find("\"action\":0"), 10, "\"action\":9");
  EXPECT_FALSE(parse_verdict(text));
}

}  // namespace
}  // namespace sekisho::inspect
