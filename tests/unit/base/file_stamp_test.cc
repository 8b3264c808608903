#include "base/file_stamp.h"

#include <gtest/gtest.h>

#include <fstream>

namespace sekisho {
namespace {

class Stamps : public testing::Test {
 protected:
  Stamps() : top_(std::filesystem::path(testing::TempDir()) / "stamps") {
    std::filesystem::remove_all(top_);
    std::filesystem::create_directories(top_ / "folder" / "deep");
    write(top_ / "one", "1");
    write(top_ / "folder" / "deep" / "two", "2");
  }
  ~Stamps() override { std::filesystem::remove_all(top_); }

  static void write(const std::filesystem::path& path, std::string_view text) {
    std::ofstream(path) << text;
  }
  FileStamps now() const { return stamps_of({top_ / "one", top_ / "folder", top_ / "missing"}); }

  const std::filesystem::path top_;
};

TEST_F(Stamps, AreOfFilesAndAllBelowFolders) {
  const FileStamps stamps = now();
  EXPECT_EQ(stamps.size(), 2u);
  EXPECT_EQ(stamps, now());
  EXPECT_EQ(first_difference(stamps, now()), "");
}

TEST_F(Stamps, DifferAfterAnyChange) {
  const FileStamps before = now();
  const std::string two = (top_ / "folder" / "deep" / "two").string();
  write(two, "other text");
  EXPECT_EQ(first_difference(before, now()), two);
  std::filesystem::remove(two);
  EXPECT_EQ(first_difference(before, now()), two);
  write(top_ / "missing", "");
  EXPECT_EQ(
      first_difference(stamps_of({top_ / "one"}), stamps_of({top_ / "one", top_ / "missing"})),
      (top_ / "missing").string());
}

TEST_F(Stamps, DifferWhenAFileOfTheSameSizeAndTimeTakesItsPlace) {
  const FileStamps before = now();
  const auto time = std::filesystem::last_write_time(top_ / "one");
  write(top_ / "new", "x");
  std::filesystem::last_write_time(top_ / "new", time);
  std::filesystem::rename(top_ / "new", top_ / "one");
  EXPECT_NE(before, now());
}

}  // namespace
}  // namespace sekisho
