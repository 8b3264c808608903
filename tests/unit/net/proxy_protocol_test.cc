#include "net/proxy_protocol.h"

#include <gtest/gtest.h>

namespace sekisho::net {
namespace {

using Status = ProxyHeader::Status;
using namespace std::string_literals;

const std::string kV2 = "\r\n\r\n\0\r\nQUIT\n"s;

TEST(ProxyHeader, HaproxySpecificationHeaders) {
  const struct {
    const char* name;
    std::string bytes;
    Status status;
    std::string address;
    uint16_t port;
  } rows[] = {
      {"v1 tcp4", "PROXY TCP4 192.0.2.1 198.51.100.2 4711 25\r\n", Status::kClient, "192.0.2.1",
       4711},
      {"v1 tcp6", "PROXY TCP6 2001:db8::1 ::1 1 25\r\n", Status::kClient, "2001:db8::1", 1},
      {"v1 unknown", "PROXY UNKNOWN\r\n", Status::kLocal, "", 0},
      {"v1 unknown with words", "PROXY UNKNOWN a b\r\n", Status::kLocal, "", 0},
      {"v1 wrong family", "PROXY TCP4 2001:db8::1 ::1 1 25\r\n", Status::kInvalid, "", 0},
      {"v1 bad port", "PROXY TCP4 192.0.2.1 192.0.2.2 x 25\r\n", Status::kInvalid, "", 0},
      {"v1 port too large", "PROXY TCP4 192.0.2.1 192.0.2.2 70000 25\r\n", Status::kInvalid, "", 0},
      {"v1 without end", "PROXY " + std::string(200, 'x'), Status::kInvalid, "", 0},
      {"v2 tcp4", kV2 + "\x21\x11\0\x0c\xC0\0\x02\x01\xC6\x33\x64\x02\x12\x67\0\x19"s,
       Status::kClient, "192.0.2.1", 0x1267},
      {"v2 local", kV2 + "\x20\0\0\0"s, Status::kLocal, "", 0},
      {"v2 unix is local", kV2 + "\x21\x31\0\0"s, Status::kLocal, "", 0},
      {"v2 version 3", kV2 + "\x31\x11\0\0"s, Status::kInvalid, "", 0},
      {"v2 too short for its family", kV2 + "\x21\x11\0\x04\1\2\3\4"s, Status::kInvalid, "", 0},
      {"v2 too long", kV2 + "\x21\x11\xFF\xFF"s, Status::kInvalid, "", 0},
      {"smtp", "EHLO x\r\n", Status::kInvalid, "", 0},
  };
  for (const auto& row : rows) {
    const ProxyHeader header = parse_proxy_header(row.bytes);
    EXPECT_EQ(header.status, row.status) << row.name;
    EXPECT_EQ(header.address, row.address) << row.name;
    EXPECT_EQ(header.port, row.port) << row.name;
  }
}

// A reader that asks for no more than `wanted` never takes a byte of what follows.
TEST(ProxyHeader, IsReadToItsLastByteAndNoFurther) {
  for (const std::string& header : {"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"s,
                                    "PROXY UNKNOWN\r\n"s, kV2 + "\x20\0\0\x03xyz"s}) {
    const std::string stream = header + "EHLO x\r\n";
    size_t read = 0;
    ProxyHeader parsed = parse_proxy_header("");
    while (parsed.status == Status::kNeedMore) {
      ASSERT_GT(parsed.wanted, 0u);
      read += parsed.wanted;
      ASSERT_LE(read, header.size());
      parsed = parse_proxy_header(std::string_view(stream).substr(0, read));
    }
    EXPECT_EQ(read, header.size());
    EXPECT_EQ(parsed.consumed, header.size());
  }
}

}  // namespace
}  // namespace sekisho::net
