#include "inspect/attachment_policy.h"

#include <gmock/gmock.h>

#include "codec/encoded_word.h"
#include "inspect/policy.h"

namespace sekisho::inspect {
namespace {

using attachment::FindingKind;
using config::AttachmentAction;
using config::AttachmentPolicy;
using config::Language;

Findings found(FindingKind kind, const std::string& name = "見積書.zip") {
  Findings findings;
  findings.attachment_list.add({kind, name, "zip"});
  return findings;
}

TEST(DecideAttachments, EachActionOfEachKind) {
  const struct {
    FindingKind kind;
    AttachmentAction AttachmentPolicy::*setting;
    const char* reason;
  } kinds[] = {
      {FindingKind::kEncrypted, &AttachmentPolicy::encrypted, "attachment encrypted"},
      {FindingKind::kExecutable, &AttachmentPolicy::executable, "attachment executable"},
      {FindingKind::kMacro, &AttachmentPolicy::macro, "attachment macro"},
      {FindingKind::kDeceptiveName, &AttachmentPolicy::deceptive_name, "attachment deceptive_name"},
  };
  const std::pair<AttachmentAction, Action> actions[] = {
      {AttachmentAction::kPass, Action::kAccept},
      {AttachmentAction::kTag, Action::kTag},
      {AttachmentAction::kQuarantine, Action::kQuarantine},
      {AttachmentAction::kReject, Action::kReject},
  };
  for (const auto& kind : kinds)
    for (const auto& [set, action] : actions) {
      Policy policy;
      policy.attachments.*kind.setting = set;
      const Decision decision = decide(found(kind.kind), policy, {});
      EXPECT_EQ(decision.action, action) << kind.reason;
      EXPECT_EQ(decision.reason, set == AttachmentAction::kPass ? "" : kind.reason);
    }
}

TEST(DecideAttachments, EncryptionIsDecidedOnHereAloneWhoeverSawIt) {
  Findings findings;
  findings.unscanned = {"encrypted"};
  Policy policy;
  policy.unscanned = config::UnscannedAction::kReject;
  EXPECT_EQ(decide(findings, policy, {}).action, Action::kTag);
  policy.attachments.encrypted = AttachmentAction::kPass;
  const Decision passed = decide(findings, policy, {});
  EXPECT_EQ(passed.action, Action::kAccept);
  EXPECT_EQ(passed.edits.front().insert.find("X-Sekisho"), std::string::npos);
}

TEST(DecideAttachments, WhatElseCouldNotBeScannedIsStillUnscanned) {
  Findings findings = found(FindingKind::kEncrypted);
  findings.unscanned = {"encrypted", "unsupported_archive"};
  EXPECT_EQ(decide(findings, {}, {}).reason, "unscanned unsupported_archive");
}

TEST(DecideAttachments, AVirusOutweighsThem) {
  Findings findings = found(FindingKind::kExecutable);
  findings.viruses = {"Bad.Thing"};
  EXPECT_EQ(decide(findings, {}, {}).reason, "virus Bad.Thing");
}

TEST(DecideAttachments, TaggingThemDoesNotExcuseSpam) {
  Findings findings = found(FindingKind::kEncrypted);
  findings.score = 9;
  Policy policy;
  policy.spam = config::SpamAction::kReject;
  EXPECT_EQ(decide(findings, policy, {}).reason, "spam");
}

TEST(MatchAttachments, BlockedByExtensionAndByType) {
  attachment::FindingList list;
  list.note_extension("lzh", "a.lzh");
  list.note_type("video/mp4", "b.bin");
  AttachmentPolicy policy;
  EXPECT_TRUE(match_attachments(list, false, policy).empty());
  policy.blocked_extensions = {"lzh"};
  auto matches = match_attachments(list, false, policy);
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].name, "a.lzh");
  EXPECT_EQ(matches[0].action, AttachmentAction::kReject);
  policy.blocked_extensions = {};
  policy.blocked_types = {"video/*"};
  matches = match_attachments(list, false, policy);
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].detail, "video/mp4");
  policy.blocked_types = {"vide/*", "video/mp"};
  EXPECT_TRUE(match_attachments(list, false, policy).empty());
}

TEST(MatchAttachments, MoreKindsThanAreKeptAreBlockedWhereThereIsAList) {
  attachment::FindingList list;
  for (size_t i = 0; i <= attachment::FindingList::kWordsMax; ++i)
    list.note_extension("x" + std::to_string(i), "n");
  AttachmentPolicy policy;
  EXPECT_TRUE(match_attachments(list, false, policy).empty());
  policy.blocked_extensions = {"lzh"};
  EXPECT_EQ(match_attachments(list, false, policy).size(), 1u);
}

TEST(AttachmentReply, SaysWhatAndWhyInAscii) {
  const AttachmentMatch match{AttachmentMatch::Kind::kEncrypted, AttachmentAction::kReject,
                              "見積.zip", "zip aes"};
  EXPECT_EQ(attachment_reply(match, Language::kEnglish),
            "encrypted attachment is not accepted: ??.zip (zip aes)");
  EXPECT_EQ(attachment_reply(match, Language::kJapanese),
            "angouka sareta tenpu fairu wa uketoremasen / encrypted attachment is not accepted: "
            "??.zip (zip aes)");
  const AttachmentMatch forged{AttachmentMatch::Kind::kMacro, AttachmentAction::kReject,
                               "a\r\n250 OK" + std::string(999, 'x'), ""};
  const std::string reply = attachment_reply(forged, Language::kEnglish);
  EXPECT_EQ(reply.find('\n'), std::string::npos);
  EXPECT_LE(reply.size(), kAttachmentReplyBytesMax);
}

TEST(AttachmentFields, Rfc2047_2_AreInTheDomainsLanguage) {
  std::vector<AttachmentMatch> matches{{AttachmentMatch::Kind::kEncrypted, AttachmentAction::kTag,
                                        "令和六年度の御見積書（最終版）.zip", "zip"}};
  const std::string field = attachment_fields(matches, Language::kJapanese);
  EXPECT_TRUE(field.starts_with("X-Sekisho-Attachment: encrypted;\r\n =?utf-8?B?"));
  EXPECT_TRUE(field.ends_with("?=\r\n"));
  size_t start = 0;
  for (size_t end; (end = field.find("\r\n", start)) != std::string::npos; start = end + 2)
    EXPECT_LE(end - start, 76u);
  EXPECT_THAT(codec::decode_encoded_words(field),
              testing::HasSubstr("暗号化された添付ファイル: 令和六年度の御見積書（最終版）.zip"));
  EXPECT_THAT(codec::decode_encoded_words(attachment_fields(matches, Language::kEnglish)),
              testing::HasSubstr("encrypted attachment: 令和"));
}

}  // namespace
}  // namespace sekisho::inspect
