#include "attachment/file_view.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "base/file.h"

namespace sekisho::attachment {
namespace {

class FileViewTest : public testing::Test {
 protected:
  FileView& view(const std::string& content) {
    fd_ = UniqueFd(::memfd_create("view", MFD_CLOEXEC));
    EXPECT_TRUE(write_at(fd_.get(), content, 0));
    view_.reset(fd_.get(), content.size());
    return view_;
  }

  UniqueFd fd_;
  FileView view_;
};

TEST_F(FileViewTest, FindsAcrossTheWindowsEnd) {
  for (size_t before : {0ul, 4094ul, FileView::kWindowBytes - 1, 3 * FileView::kWindowBytes - 2}) {
    const std::string content = std::string(before, 'x') + "PK\3\4" + std::string(before, 'y');
    EXPECT_EQ(view(content).find("PK\3\4", 0, content.size()), before);
    EXPECT_EQ(view_.find("PK\3\4", before + 1, content.size()), std::nullopt);
    EXPECT_EQ(view_.find("PK\3\4", 0, before + 3), std::nullopt);
  }
}

TEST_F(FileViewTest, EveryPlaceIsReadInAnyOrder) {
  std::string content;
  for (size_t i = 0; i < 300000; ++i) content += static_cast<char>(i * 7 + i / 256);
  FileView& file = view(content);
  for (size_t at : {299990ul, 0ul, 65530ul, 65540ul, 4090ul, 131072ul, 3ul, 200000ul})
    EXPECT_EQ(file.bytes(at, 100), std::string_view(content).substr(at, 100)) << at;
  EXPECT_FALSE(file.failed());
}

TEST_F(FileViewTest, NumbersAreLittleEndianAndEndWithTheFile) {
  FileView& file = view(std::string("\x01\x02\x03\x04\x05\x06\x07\x08\x09", 9));
  EXPECT_EQ(file.u16(0), 0x0201);
  EXPECT_EQ(file.u32(5), 0x09080706u);
  EXPECT_EQ(file.u64(1), 0x0908070605040302u);
  EXPECT_EQ(file.u32(6), std::nullopt);
  EXPECT_EQ(file.u16(~uint64_t{0}), std::nullopt);
  EXPECT_FALSE(file.failed());
}

TEST_F(FileViewTest, AFileThatIsShorterThanItWasHasFailed) {
  FileView& file = view("12345678");
  file.reset(fd_.get(), 100);
  EXPECT_EQ(file.u64(50), std::nullopt);
  EXPECT_TRUE(file.failed());
}

}  // namespace
}  // namespace sekisho::attachment
