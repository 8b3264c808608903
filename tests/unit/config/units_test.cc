#include "config/units.h"

#include <gtest/gtest.h>

namespace sekisho::config {
namespace {

TEST(Units, SizesCountIn1024) {
  struct Row {
    const char* text;
    std::optional<uint64_t> bytes;
  } constexpr kRows[] = {
      {"0", 0},
      {"512", 512},
      {"512 bytes", 512},
      {"1K", 1024},
      {"100 MB", 104857600},
      {"100MB", 104857600},
      {"384 MiB", 402653184},
      {" 2 gib ", uint64_t{2} << 30},
      {"1 TB", uint64_t{1} << 40},
      {"16777215 TB", uint64_t{16777215} << 40},
      {"16777216 TB", std::nullopt},  // 2^64
      {"", std::nullopt},
      {"MB", std::nullopt},
      {"-1", std::nullopt},
      {"1.5 MB", std::nullopt},
      {"1 MBit", std::nullopt},
      {"1 XB", std::nullopt},
      {"99999999999999999999", std::nullopt},
  };
  for (const Row& row : kRows) EXPECT_EQ(parse_size(row.text), row.bytes) << row.text;
}

TEST(Units, SizeTextIsReadBack) {
  EXPECT_EQ(size_text(0), "0 bytes");
  EXPECT_EQ(size_text(1500), "1500 bytes");
  EXPECT_EQ(size_text(104857600), "100 MB");
  EXPECT_EQ(size_text(uint64_t{3} << 50), "3072 TB");
  for (const uint64_t bytes : {uint64_t{1}, uint64_t{1024}, uint64_t{402653184}, uint64_t{12345}})
    EXPECT_EQ(parse_size(size_text(bytes)), bytes);
}

TEST(Units, Durations) {
  struct Row {
    const char* text;
    std::optional<int64_t> seconds;
  } constexpr kRows[] = {
      {"30s", 30},
      {"5m", 300},
      {"5 min", 300},
      {"2h", 7200},
      {"1d", 86400},
      {"0s", 0},
      {"30", std::nullopt},
      {"", std::nullopt},
      {"-1s", std::nullopt},
      {"5M", std::nullopt},
      {"1.5h", std::nullopt},
      {"1h30m", std::nullopt},
      {"99999999999d", std::nullopt},
  };
  for (const Row& row : kRows) {
    const auto duration = parse_duration(row.text);
    EXPECT_EQ(duration.has_value(), row.seconds.has_value()) << row.text;
    EXPECT_EQ(duration.value_or(std::chrono::seconds(0)).count(), row.seconds.value_or(0))
        << row.text;
  }
}

TEST(Units, DurationTextIsInTheLargestUnit) {
  using std::chrono::seconds;
  EXPECT_EQ(duration_text(seconds(0)), "0s");
  EXPECT_EQ(duration_text(seconds(200)), "200s");
  EXPECT_EQ(duration_text(seconds(300)), "5m");
  EXPECT_EQ(duration_text(seconds(7200)), "2h");
}

}  // namespace
}  // namespace sekisho::config
