#include "inspect/job.h"

#include <gtest/gtest.h>

namespace sekisho::inspect {
namespace {

Job job_of(const Policy& policy) { return {12, "a@b.example", "helo", "192.0.2.1", {policy}}; }

TEST(Job, SurvivesTheWayThroughTheChannel) {
  Policy policy;
  policy.spam = config::SpamAction::kReject;
  policy.unscanned = config::UnscannedAction::kQuarantine;
  policy.unscanned_for[static_cast<size_t>(config::UnscannedReason::kLimit)] =
      config::UnscannedAction::kDefer;
  policy.attachments = {config::AttachmentAction::kReject,
                        config::AttachmentAction::kPass,
                        config::AttachmentAction::kQuarantine,
                        config::AttachmentAction::kTag,
                        {"lzh"},
                        {"video/*"},
                        config::Language::kJapanese};
  policy.subject_tag = "[迷惑] ";
  const auto again = parse_job(to_text(job_of(policy)));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->policies, std::vector<Policy>{policy});
  EXPECT_EQ(again->size, 12u);
  EXPECT_EQ(again->sender, "a@b.example");
}

TEST(Job, AlwaysFitsADatagram) {
  Policy policy;
  policy.subject_tag = std::string(200, 'x');
  policy.attachments.blocked_extensions.assign(config::kBlockedExtensionsMax,
                                               std::string(config::kBlockedExtensionBytesMax, 'x'));
  policy.attachments.blocked_types.assign(config::kBlockedTypesMax,
                                          std::string(config::kBlockedTypeBytesMax, 'x'));
  Job job = job_of(policy);
  job.policies.assign(kPoliciesMax, policy);
  EXPECT_LE(to_text(job).size(), 100u << 10);  // worker::kMessageBytesMax is 192 KB
}

TEST(Job, NonsenseIsAnError) {
  const std::string good = to_text(job_of({}));
  const std::pair<const char*, const char*> changes[] = {
      {"\"spam\":1", "\"spam\":4"},
      {"\"spam\":1", "\"spam\":-1"},
      {"\"virus\":0", "\"virus\":3"},
      {"\"encrypted\":1", "\"encrypted\":4"},
      {"\"language\":0", "\"language\":2"},
      {"\"unscanned\":0", "\"unscanned\":4"},
      {"\"unscanned_for\":[-1,", "\"unscanned_for\":[4,"},
      {"\"unscanned_for\":[-1,-1,", "\"unscanned_for\":["},
      {"\"policies\":[", "\"policies\":[1,"},
  };
  for (const auto& [from, to] : changes) {
    std::string bad = good;
    ASSERT_NE(bad.find(from), std::string::npos) << from;
    bad.replace(bad.find(from), std::string(from).size(), to);
    EXPECT_FALSE(parse_job(bad)) << to;
  }
  Job many = job_of({});
  many.policies.resize(kPoliciesMax + 1);
  EXPECT_FALSE(parse_job(to_text(many)));
}

}  // namespace
}  // namespace sekisho::inspect
