#include "gateway/edited_message.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "gateway/spool.h"

namespace sekisho::gateway {
namespace {

std::string read_all(EditedMessage& message, size_t block) {
  std::string out;
  std::vector<char> buffer(block);
  for (;;) {
    const auto n = message.read(buffer);
    if (!n) return "error: " + n.error().message;
    if (*n == 0) return out;
    out.append(buffer.data(), *n);
  }
}

TEST(EditedMessage, BytesThatNoEditNamesAreTheSpools) {
  SpoolFiles files(testing::TempDir());
  Spool spool(files);
  ASSERT_TRUE(spool.append("0123456789"));
  ASSERT_TRUE(spool.finish());
  const std::vector<inspect::Edit> edits{{0, 0, "top"}, {0, 2, ""}, {5, 0, "[in]"}, {9, 1, "end"}};
  EditedMessage message(spool.read_fd(), spool.size(), "prefix ", edits);
  for (const size_t block : {1, 2, 3, 7, 100}) {
    message.rewind();
    EXPECT_EQ(read_all(message, block), "prefix top234[in]5678end") << "blocks of " << block;
  }
  EXPECT_EQ(message.size(), 24u);
}

TEST(EditedMessage, EditsThatDontFitAreAnErrorBeforeAByte) {
  SpoolFiles files(testing::TempDir());
  Spool spool(files);
  ASSERT_TRUE(spool.append("0123456789"));
  ASSERT_TRUE(spool.finish());
  const std::vector<std::vector<inspect::Edit>> rows{{{5, 0, "a"}, {4, 0, "b"}},
                                                     {{2, 4, ""}, {3, 1, ""}},
                                                     {{11, 0, ""}},
                                                     {{8, 3, ""}},
                                                     {{1, UINT64_MAX, ""}}};
  for (const auto& edits : rows) {
    EditedMessage message(spool.read_fd(), spool.size(), "x", edits);
    EXPECT_EQ(read_all(message, 100), "error: edits don't fit the message");
  }
}

TEST(Spool, IsReadOnlyForReadersAndEmptyAfterClear) {
  SpoolFiles files(testing::TempDir());
  Spool spool(files);
  const std::string large(200000, 'x');
  ASSERT_TRUE(spool.append("a"));
  ASSERT_TRUE(spool.append(large));
  ASSERT_TRUE(spool.finish());
  EXPECT_EQ(spool.size(), large.size() + 1);
  EXPECT_FALSE(write_at(spool.read_fd(), "evil", 0));
  spool.clear();
  EXPECT_EQ(spool.size(), 0u);
  ASSERT_TRUE(spool.append("next"));
  ASSERT_TRUE(spool.finish());
  EXPECT_EQ(*file_size(spool.read_fd()), 4u);
}

TEST(Spool, NextMessageOfAnySessionUsesTheSameEmptiedFile) {
  SpoolFiles files(testing::TempDir());
  int first = -1;
  {
    Spool spool(files);
    ASSERT_TRUE(spool.append("secret"));
    ASSERT_TRUE(spool.finish());
    first = spool.read_fd();
    EXPECT_EQ(files.idle(), 0u);
  }
  EXPECT_EQ(files.idle(), 1u);
  Spool next(files);
  ASSERT_TRUE(next.append("b"));
  ASSERT_TRUE(next.finish());
  EXPECT_EQ(next.read_fd(), first);
  EXPECT_EQ(*file_size(first), 1u);
}

}  // namespace
}  // namespace sekisho::gateway
