#include "inspect/policy.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sekisho::inspect {
namespace {

using config::SpamAction;
using config::UnscannedAction;
using config::UnscannedReason;
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
  unscanned.unscanned = {"limit"};
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

// Every combination of what is found and what a plan does about it.
TEST(Decide, TheStrictestOfAllCounts) {
  using config::AttachmentAction;
  using enum Action;
  const std::vector<std::pair<std::optional<VirusAction>, Action>> viruses = {
      {std::nullopt, kAccept},
      {VirusAction::kQuarantine, kQuarantine},
      {VirusAction::kDiscard, kDiscard},
      {VirusAction::kReject, kReject}};
  const std::vector<std::pair<AttachmentAction, Action>> attachments = {
      {AttachmentAction::kPass, kAccept},
      {AttachmentAction::kTag, kTag},
      {AttachmentAction::kQuarantine, kQuarantine},
      {AttachmentAction::kReject, kReject}};
  const std::vector<std::pair<std::optional<UnscannedAction>, Action>> unscanned = {
      {std::nullopt, kAccept},
      {UnscannedAction::kTag, kTag},
      {UnscannedAction::kQuarantine, kQuarantine},
      {UnscannedAction::kDefer, kDefer},
      {UnscannedAction::kReject, kReject}};
  const std::vector<std::pair<SpamAction, Action>> spams = {{SpamAction::kOff, kAccept},
                                                            {SpamAction::kTag, kTag},
                                                            {SpamAction::kQuarantine, kQuarantine},
                                                            {SpamAction::kReject, kReject}};
  const std::string by_strictness = {char(kReject),     char(kDiscard), char(kDefer),
                                     char(kQuarantine), char(kTag),     char(kAccept)};
  for (const auto& [virus, of_virus] : viruses)
    for (const auto& [attachment, of_attachment] : attachments)
      for (const auto& [reason, of_reason] : unscanned)
        for (const auto& [on_spam, of_spam] : spams) {
          Findings findings = spam();
          findings.attachment_list.add({attachment::FindingKind::kMacro, "a.docm", "vba"});
          Policy policy;
          if (virus) findings.viruses = {"Bad.Thing"};
          if (reason) findings.unscanned = {"limit"};
          policy.virus = virus.value_or(policy.virus);
          policy.unscanned = reason.value_or(policy.unscanned);
          policy.attachments.macro = attachment;
          policy.spam = on_spam;
          const std::string each = {char(of_virus), char(of_attachment), char(of_reason),
                                    char(of_spam)};
          const Action strictest = Action(by_strictness[by_strictness.find_first_of(each)]);
          EXPECT_EQ(decide(findings, policy, {}).action, strictest)
              << action_name(of_virus) << " " << action_name(of_attachment) << " "
              << action_name(of_reason) << " " << action_name(of_spam);
        }
}

TEST(Decide, TaggingUnscannedMailDoesNotExcuseSpam) {
  Findings findings = spam();
  findings.unscanned = {"limit"};
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

Policy with_reasons(UnscannedAction all,
                    std::initializer_list<std::pair<UnscannedReason, UnscannedAction>> some) {
  Policy policy;
  policy.unscanned = all;
  for (const auto& [reason, action] : some)
    policy.unscanned_for[static_cast<size_t>(reason)] = action;
  return policy;
}

TEST(Decide, OfSeveralReasonsTheStrictestActionCounts) {
  using enum UnscannedReason;
  const struct {
    const char* name;
    std::vector<std::string> reasons;
    Policy policy;
    Action action;
    const char* reason;
  } rows[] = {
      {"a reason of its own",
       {"too_deep"},
       with_reasons(UnscannedAction::kDefer, {{kTooDeep, UnscannedAction::kTag}}),
       Action::kTag,
       "unscanned too_deep"},
      {"another reason",
       {"limit"},
       with_reasons(UnscannedAction::kDefer, {{kTooDeep, UnscannedAction::kTag}}),
       Action::kDefer,
       "unscanned limit"},
      {"tag and quarantine",
       {"too_deep", "limit"},
       with_reasons(UnscannedAction::kTag, {{kLimit, UnscannedAction::kQuarantine}}),
       Action::kQuarantine,
       "unscanned limit"},
      {"quarantine and defer",
       {"too_deep", "engine_error"},
       with_reasons(UnscannedAction::kQuarantine, {{kEngineError, UnscannedAction::kDefer}}),
       Action::kDefer,
       "unscanned engine_error"},
      {"defer and reject",
       {"engine_error", "too_deep"},
       with_reasons(UnscannedAction::kDefer, {{kTooDeep, UnscannedAction::kReject}}),
       Action::kReject,
       "unscanned too_deep"},
      {"a finer name",
       {"ambiguous_beyond_limit"},
       with_reasons(UnscannedAction::kDefer, {{kAmbiguous, UnscannedAction::kReject}}),
       Action::kReject,
       "unscanned ambiguous_beyond_limit"},
      {"an unknown name is an engine error",
       {"sunspots"},
       with_reasons(UnscannedAction::kTag, {{kEngineError, UnscannedAction::kReject}}),
       Action::kReject,
       "unscanned sunspots"},
  };
  for (const auto& row : rows) {
    Findings findings;
    findings.unscanned = row.reasons;
    const Decision decision = decide(findings, row.policy, {});
    EXPECT_EQ(decision.action, row.action) << row.name;
    EXPECT_EQ(decision.reason, row.reason) << row.name;
  }
}

TEST(Decide, AllReasonsStandInTheField) {
  Findings findings;
  findings.unscanned = {"too_deep", "limit"};
  const Decision decision = decide(findings, with_reasons(UnscannedAction::kTag, {}), {});
  EXPECT_NE(decision.edits[0].insert.find("X-Sekisho-Unscanned: too_deep, limit\r\n"),
            std::string::npos);
}

TEST(DecideUnread, IsNeverDelivered) {
  using enum UnscannedReason;
  for (const UnscannedReason reason : {kTimeout, kCrash})
    for (const UnscannedAction own : {UnscannedAction::kTag, UnscannedAction::kDefer})
      for (const UnscannedAction all : {UnscannedAction::kTag, UnscannedAction::kDefer}) {
        const Decision decision = decide_unread(reason, with_reasons(all, {{reason, own}}));
        EXPECT_EQ(decision.action, Action::kDefer);
        EXPECT_EQ(decision.reply_code, 451);
      }
  const Decision held = decide_unread(kCrash, with_reasons(UnscannedAction::kQuarantine, {}));
  EXPECT_EQ(held.action, Action::kQuarantine);
  EXPECT_EQ(held.edits, (std::vector<Edit>{{0, 0, "X-Sekisho-Unscanned: crash\r\n"}}));
  EXPECT_EQ(decide_unread(kTimeout, with_reasons(UnscannedAction::kReject, {})).reply_code, 554);
}

TEST(DecidePoison, IsRefusedOrHeld) {
  Policy policy;
  EXPECT_EQ(decide_poison(policy).reply_code, 554);
  EXPECT_EQ(decide_poison(policy).enhanced, "5.6.0");
  policy.poison = config::PoisonAction::kQuarantine;
  EXPECT_EQ(decide_poison(policy).action, Action::kQuarantine);
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

// The most that a walk and policies can find.
TEST(Verdict, AlwaysFitsADatagram) {
  Findings findings;
  for (int i = 0; i < 20'000; ++i)
    findings.hits.push_back({"A_RULE_WITH_A_LONG_NAME_NUMBER_" + std::to_string(i), 0.123456789});
  for (int i = 0; i < 5000; ++i) findings.viruses.push_back(std::string(3000, 'V'));
  findings.unscanned.assign(300, "engine_error");
  findings.score = 1000;
  findings.from = findings.subject = findings.message_id = std::string(5000, '\x01');
  findings.defects.assign(300, "a_defect");
  findings.attachments.assign(300, "executable program in an archive");
  for (size_t i = 0; i < attachment::kFindingKinds; ++i)
    findings.attachment_list.add({static_cast<attachment::FindingKind>(i), std::string(3000, 'n'),
                                  "blanks before the extension"});
  EditPlaces places;
  places.has_subject = true;
  for (uint64_t i = 0; i < 256; ++i) places.removals.push_back({100'000'000 + 4 * i, 3, ""});
  Verdict verdict{findings, {}, {}};
  for (size_t i = 0; i < kPoliciesMax; ++i) {
    Policy policy;
    policy.virus = config::VirusAction::kQuarantine;
    policy.spam_threshold = static_cast<double>(i);
    policy.subject_tag = std::string(200, '\xE3');
    policy.attachments.language = config::Language::kJapanese;
    verdict.decisions.push_back(decide(findings, policy, places));
  }
  const std::string text = to_text(verdict);
  EXPECT_LE(text.size(), kVerdictBytesMax);
  const auto again = parse_verdict(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->findings.hits.size() + again->findings.viruses.size() +
                again->findings.unscanned.size() + again->findings.defects.size() +
                again->findings.attachments.size() + again->findings.left_out,
            20'000u + 5000u + 3 * 300u);
  for (size_t i = 0; i < kPoliciesMax; ++i)
    EXPECT_EQ(again->decisions[i].edits, verdict.decisions[i].edits) << i;
}

TEST(Verdict, DecisionsWithRemovalsOfTheirOwnKeepThem) {
  Decision one, other;
  one.edits = {{0, 0, "top"}, {0, 5, ""}, {9, 1, ""}};
  other.edits = {{9, 1, ""}};
  const auto again = parse_verdict(to_text(Verdict{{}, {one, other}, {}}));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->decisions[0].edits, one.edits);
  EXPECT_EQ(again->decisions[1].edits, other.edits);
}

TEST(Verdict, NonsenseIsAnError) {
  EXPECT_FALSE(parse_verdict(""));
  EXPECT_FALSE(parse_verdict("{}"));
  std::string text = to_text(Verdict{{}, {Decision{}}, {}});
  text.replace(text.find("\"action\":0"), 10, "\"action\":9");
  EXPECT_FALSE(parse_verdict(text));
  const std::string good = to_text(Verdict{{}, {Decision{}}, {}});
  for (const char* number : {"-1", "1e300", "1.5", "\"1\"", "null"}) {
    std::string bad = good;
    bad.replace(bad.find("\"parts\":0"), 9, std::string("\"parts\":") + number);
    EXPECT_FALSE(parse_verdict(bad)) << number;
  }
}

}  // namespace
}  // namespace sekisho::inspect
