#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gateway/delivery.h"
#include "gateway/maildir.h"
#include "gateway/maildir_quota.h"
#include "gateway/quota_reservations.h"
#include "gateway/trace_fields.h"

namespace sekisho::gateway {
namespace {

class FolderTest : public testing::Test {
 protected:
  FolderTest() {
    std::string name = testing::TempDir() + "store.XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~FolderTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

using Quota = FolderTest;

TEST_F(Quota, FillsUpAndIsCountedAnew) {
  Maildir box(folder_ / "m");
  ASSERT_TRUE(box.create());
  MaildirQuota quota(box.folder(), 1000);
  EXPECT_EQ(*quota.room_for(1000), MaildirQuota::Room::kYes);
  EXPECT_EQ(*quota.room_for(1001), MaildirQuota::Room::kMessageTooLarge);
  ASSERT_TRUE(quota.add(600));
  EXPECT_EQ(*quota.room_for(400), MaildirQuota::Room::kYes);
  EXPECT_EQ(*quota.room_for(401), MaildirQuota::Room::kFull);
  // Another limit: the file is made from what really is there.
  std::ofstream(box.folder() / "cur" / "1.x,S=900:2,S") << "x";
  EXPECT_EQ(*MaildirQuota(box.folder(), 2000).room_for(1101), MaildirQuota::Room::kFull);
  EXPECT_EQ(*MaildirQuota(box.folder(), 2000).room_for(1100), MaildirQuota::Room::kYes);
}

TEST_F(Quota, MessagesOnTheirWayCount) {
  Maildir box(folder_ / "m");
  ASSERT_TRUE(box.create());
  const MaildirQuota quota(box.folder(), 1000);
  using Room = MaildirQuota::Room;
  QuotaReservations reservations;
  {
    auto first = reservations.reserve(quota, 600);
    EXPECT_EQ(first->room(), Room::kYes);
    EXPECT_EQ(reservations.reserve(quota, 401)->room(), Room::kBusy);
    EXPECT_EQ(reservations.reserve(quota, 400)->room(), Room::kYes);
  }
  auto second = reservations.reserve(quota, 600);
  EXPECT_EQ(second->room(), Room::kYes) << "the first was given back";
  ASSERT_TRUE(second->count());
  EXPECT_EQ(reservations.reserve(quota, 401)->room(), Room::kFull);
  EXPECT_EQ(reservations.reserve(quota, 400)->room(), Room::kYes) << "counted once";
}

TEST_F(Quota, TrashDoesNotCountAndFoldersDo) {
  Maildir box(folder_ / "m");
  ASSERT_TRUE(box.create());
  for (const char* name : {".Trash", ".Sent"}) {
    std::filesystem::create_directories(box.folder() / name / "cur");
    std::ofstream(box.folder() / name / "cur" / "1.x,S=500") << "x";
  }
  EXPECT_EQ(*MaildirQuota(box.folder(), 1000).room_for(500), MaildirQuota::Room::kYes);
  EXPECT_EQ(*MaildirQuota(box.folder(), 1000).room_for(501), MaildirQuota::Room::kFull);
}

using Leftovers = FolderTest;

TEST_F(Leftovers, OfADeadDeliveryGoAfter36Hours) {
  Maildir box(folder_ / "m");
  ASSERT_TRUE(box.create());
  const auto now = std::filesystem::file_time_type::clock::now();
  for (const auto& [name, hours] : {std::pair("old", 37), std::pair("young", 35)}) {
    std::ofstream(box.folder() / "tmp" / name) << "x";
    std::filesystem::last_write_time(box.folder() / "tmp" / name, now - std::chrono::hours(hours));
  }
  EditedMessage message(-1, 0, "Received: x\r\n\r\n", {});
  const auto staged = box.stage(message, "mx.test");
  ASSERT_TRUE(staged);
  ASSERT_TRUE(box.commit(*staged));
  EXPECT_FALSE(std::filesystem::exists(box.folder() / "tmp" / "old"));
  EXPECT_TRUE(std::filesystem::exists(box.folder() / "tmp" / "young"));
}

TEST(MailboxFolder, NoAddressLeavesTheStore) {
  const struct {
    const char *local, *domain, *folder;
  } rows[] = {{"alice", "example.test", "example.test/alice"},
              {"..", "example.test", "example.test/%2E."},
              {"../../etc", "example.test", "example.test/%2E.%2F..%2Fetc"},
              {"a/b", "..", "%2E./a%2Fb"},
              {".hidden", "example.test", "example.test/%2Ehidden"},
              {"a%2Fb", "example.test", "example.test/a%252Fb"},
              {"", "example.test", "example.test/%"}};
  for (const auto& row : rows) EXPECT_EQ(mailbox_folder(row.local, row.domain), row.folder);
}

TEST(MergeReplies, OneAnswerForSeveral) {
  const smtp::Reply ok{250, "2.0.0", "a"}, temporary{452, "4.2.2", "b"},
      permanent{550, "5.1.1", "c"};
  EXPECT_EQ(merge_replies({ok, ok}).code, 250);
  EXPECT_EQ(merge_replies({temporary, temporary}).code, 452);
  EXPECT_EQ(merge_replies({permanent, permanent}).code, 550);
  EXPECT_EQ(merge_replies({ok, permanent}).code, 451);
  EXPECT_EQ(merge_replies({ok, temporary}).code, 451);
  EXPECT_EQ(merge_replies({permanent, temporary}).code, 451);
  EXPECT_EQ(merge_replies({}).code, 451);
}

TEST(TraceFields, StrangersForgeNoField) {
  const Trace trace{"evil)\r\nX: y", "2001:db8::1", "mx.test", "ESMTP", "id1", "a@b"};
  const std::string field = received_field(trace, WallTime{});
  EXPECT_TRUE(
      field.starts_with("Received: from evil???X:?y ([IPv6:2001:db8::1])\r\n\tby mx.test with "
                        "ESMTP id id1\r\n\tfor <a@b>;\r\n\t"))
      << field;
  EXPECT_EQ(return_path_field(""), "Return-Path: <>\r\n");
  EXPECT_EQ(return_path_field("\"a b;(c)\"@x.test"), "Return-Path: <\"a b;(c)\"@x.test>\r\n");
  EXPECT_EQ(return_path_field("a\r\nX: y"), "Return-Path: <a??X: y>\r\n");
}

TEST(MessageId, IsSixteenAndNeverTwice) {
  const std::string one = make_message_id(WallTime{}), two = make_message_id(WallTime{});
  EXPECT_EQ(one.size(), 16u);
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace sekisho::gateway
