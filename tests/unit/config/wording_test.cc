#include "config/wording.h"

#include <gtest/gtest.h>

namespace sekisho::config {
namespace {

const std::vector<std::string_view> kKnown{"recipients_max", "errors_max", "spam"};

TEST(Wording, NearestKnownWord) {
  EXPECT_EQ(nearest("recipient_max", kKnown), "recipients_max");
  EXPECT_EQ(nearest("Errors_Max", kKnown), "errors_max");
  EXPECT_EQ(nearest("spma", kKnown), "spam");
  EXPECT_EQ(nearest("psma", kKnown), std::nullopt);  // two slips in four letters are none
  EXPECT_EQ(nearest("span", kKnown), "spam");
  EXPECT_EQ(nearest("", kKnown), std::nullopt);
  EXPECT_EQ(nearest(std::string(100000, 'x'), kKnown), std::nullopt);
}

TEST(Wording, Suggestion) {
  EXPECT_EQ(suggestion_text("erors_max", kKnown), "did you mean errors_max?");
  EXPECT_EQ(suggestion_text("colour", kKnown), "there are: recipients_max, errors_max, spam");
  EXPECT_EQ(suggestion_text("colour", {}), "none is defined");
  EXPECT_EQ(suggestion_text("colour", std::vector<std::string_view>(13, "x")),
            "there are: x, x, x, x, x, x, x, x, x, x, x, x, ...");
}

}  // namespace
}  // namespace sekisho::config
