#include "mail/reading.h"

#include <gtest/gtest.h>

namespace sekisho::mail {
namespace {

TEST(ReadingPlan, BeginsWithThePlainReadingAndEndsThereWithoutHints) {
  ReadingPlan plan;
  const auto first = plan.next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is_plain());
  plan.note(*first, {});
  EXPECT_FALSE(plan.next());
  EXPECT_FALSE(plan.exceeded());
}

TEST(ReadingPlan, IsBoundedAndSaysSo) {
  Hints all;
  all.structure = all.unfinished = all.bare_cr = all.encoded_box = all.inner_files = true;
  all.boundaries = 0xFFFF;
  all.encodings = 4;
  all.ways = 0x3F;
  ReadingPlan plan;
  size_t readings = 0;
  while (const auto reading = plan.next()) {
    ++readings;
    plan.note(*reading, all);
  }
  EXPECT_EQ(readings, ReadingPlan::kReadingsMax);
  EXPECT_TRUE(plan.exceeded());
}

}  // namespace
}  // namespace sekisho::mail
