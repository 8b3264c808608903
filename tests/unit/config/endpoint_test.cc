#include "config/endpoint.h"

#include <gtest/gtest.h>

namespace sekisho::config {
namespace {

TEST(Endpoint, Reads) {
  struct Row {
    const char* text;
    const char* host;
    uint16_t port;
    const char* unix_path;
    bool is_ip;
  } constexpr kRows[] = {
      {"127.0.0.1:24", "127.0.0.1", 24, "", true},
      {"[::1]:65535", "::1", 65535, "", true},
      {"0.0.0.0:0", "0.0.0.0", 0, "", true},
      {"Mail.example.net:25", "mail.example.net", 25, "", false},
      {"unix:/run/lmtp", "", 0, "/run/lmtp", false},
  };
  for (const Row& row : kRows) {
    const auto endpoint = parse_endpoint(row.text);
    ASSERT_TRUE(endpoint) << row.text;
    EXPECT_EQ(endpoint->host, row.host) << row.text;
    EXPECT_EQ(endpoint->port, row.port) << row.text;
    EXPECT_EQ(endpoint->unix_path, row.unix_path) << row.text;
    EXPECT_EQ(endpoint->is_ip, row.is_ip) << row.text;
  }
}

TEST(Endpoint, Refuses) {
  for (const std::string& bad :
       {std::string(), std::string(":25"), std::string("127.0.0.1"), std::string("127.0.0.1:"),
        std::string("127.0.0.1:65536"), std::string("127.0.0.1:-1"), std::string("127.0.0.1:2 5"),
        std::string("127.0.0.300:25"), std::string("127.0.1:25"), std::string("::1:25"),
        std::string("[127.0.0.1]:25"), std::string("[::1:25"), std::string("[]:25"),
        std::string("unix:"), std::string("unix:lmtp"), "unix:/" + std::string(107, 'a'),
        std::string("127.0.0.1\0.evil:25", 18), std::string("[mail.example.net]:25")})
    EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

TEST(Network, Contains) {
  struct Row {
    const char* network;
    const char* ip;
    bool contained;
  } constexpr kRows[] = {
      {"192.0.2.0/24", "192.0.2.255", true},
      {"192.0.2.0/24", "192.0.3.0", false},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.6", false},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"192.0.2.0/24", "::ffff:192.0.2.9", true},  // a v4 client on a v6 socket
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::/0", "192.0.2.1", true},
      {"::/0", "no address", false},
  };
  for (const Row& row : kRows) {
    const auto network = parse_network(row.network);
    ASSERT_TRUE(network) << row.network;
    EXPECT_EQ(network->contains(row.ip), row.contained) << row.network << " " << row.ip;
  }
}

TEST(Network, Mistakes) {
  EXPECT_EQ(network_mistake("192.0.2.0/24"), "");
  for (const char* bad : {"", "/24", "192.0.2.0/", "192.0.2.0/33", "::/129", "192.0.2.0/-1",
                          "192.0.2.0/24/24", "example.test"})
    EXPECT_FALSE(parse_network(bad)) << bad;
  EXPECT_NE(network_mistake("192.0.2.1/24"), "");
  EXPECT_NE(network_mistake("::1/64"), "");
}

}  // namespace
}  // namespace sekisho::config
