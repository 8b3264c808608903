#include "smtp/input_buffer.h"

#include <gtest/gtest.h>

namespace sekisho::smtp {
namespace {

TEST(InputBuffer, ViewsWithoutCopying) {
  InputBuffer buffer;
  const std::string bytes = "abc";
  buffer.feed(bytes);
  EXPECT_EQ(buffer.view().data(), bytes.data());
  buffer.consume(1);
  EXPECT_EQ(buffer.view(), "bc");
}

TEST(InputBuffer, KeepsWhatIsLeft) {
  InputBuffer buffer;
  {
    std::string bytes = "abcdef";
    buffer.feed(bytes);
    buffer.consume(2);
    buffer.keep();
    bytes.assign(6, '#');
  }
  EXPECT_EQ(buffer.view(), "cdef");
  buffer.feed("gh");
  EXPECT_EQ(buffer.view(), "cdefgh");
  buffer.consume(5);
  buffer.feed("ij");
  EXPECT_EQ(buffer.view(), "hij");
  buffer.consume(3);
  buffer.keep();
  EXPECT_EQ(buffer.view(), "");
}

TEST(InputBuffer, FedTwiceWithoutKeep) {
  InputBuffer buffer;
  buffer.feed("ab");
  buffer.feed("cd");
  buffer.feed("");
  EXPECT_EQ(buffer.view(), "abcd");
}

}  // namespace
}  // namespace sekisho::smtp
