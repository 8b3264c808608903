#include "smtp/received_counter.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::smtp {
namespace {

std::string count(const std::vector<std::string_view>& chunks) {
  ReceivedCounter counter;
  for (std::string_view chunk : chunks) counter.feed(chunk);
  return std::to_string(counter.count());
}

struct Row {
  const char* name;
  const char* in;
  const char* count;
};

const Row kRows[] = {
    {"none", "Subject: x\r\n\r\n", "0"},
    {"any case", "Received: a\r\nRECEIVED: b\r\nreceived:c\r\n\r\n", "3"},
    {"folded line is no field", "Subject: a\r\n Received: b\r\n\r\n", "0"},
    {"other names", "X-Received: a\r\nReceived-SPF: b\r\nReceive: c\r\n\r\n", "0"},
    {"inside a value", "Subject: Received: Received:\r\n\r\n", "0"},
    {"body", "Received: a\r\n\r\nReceived: b\r\n", "1"},
    {"no header", "\r\nReceived: b\r\n", "0"},
    {"cut off", "Received: a\r\nReceived", "1"},
};

TEST(ReceivedCounter, Rfc5321_6_3_CountsTheHeader) {
  for (const Row& row : kRows) {
    EXPECT_EQ(count({row.in}), row.count) << row.name;
    expect_same_for_every_split(row.in, count);
  }
}

}  // namespace
}  // namespace sekisho::smtp
