#include "mail/address.h"

#include <gtest/gtest.h>

namespace sekisho::mail {
namespace {

TEST(ParseMailbox, Rfc5321_4_1_2) {
  const struct {
    std::string_view text, local, domain, again;
  } rows[] = {
      {"user@Example.COM", "user", "example.com", "user@example.com"},
      {"User.Name+tag@example.com", "User.Name+tag", "example.com", "User.Name+tag@example.com"},
      {"\"a b\"@example.com", "a b", "example.com", "\"a b\"@example.com"},
      {"\"user\"@example.com", "user", "example.com", "user@example.com"},
      {"\"a\\\"b\"@example.com", "a\"b", "example.com", "\"a\\\"b\"@example.com"},
      {"\"a@b\"@example.com", "a@b", "example.com", "\"a@b\"@example.com"},
      {"\"\"@example.com", "", "example.com", "\"\"@example.com"},
      {"user@[192.0.2.1]", "user", "[192.0.2.1]", "user@[192.0.2.1]"},
      {"user@[IPv6:2001:db8::1]", "user", "[ipv6:2001:db8::1]", "user@[ipv6:2001:db8::1]"},
      {"ユーザー@例え.test", "ユーザー", "例え.test", "ユーザー@例え.test"},
      {"a%b!c@example.com", "a%b!c", "example.com", "a%b!c@example.com"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_mailbox(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(parsed->local, row.local);
    EXPECT_EQ(parsed->domain, row.domain);
    EXPECT_EQ(parsed->text(), row.again);
  }
}

TEST(ParseMailbox, RefusesWhatIsNone) {
  for (const std::string_view text : {"",
                                      "user",
                                      "@example.com",
                                      "user@",
                                      "a..b@example.com",
                                      ".a@example.com",
                                      "a.@example.com",
                                      "a b@example.com",
                                      "user@-a.com",
                                      "user@a-.com",
                                      "user@a..b",
                                      "user@.a",
                                      "user@a.",
                                      "user@[1.2.3]",
                                      "\xC0\x80@a.test",
                                      "a@\xED\xA0\x80.test",
                                      "\"\xFF\"@a.test",
                                      "user@[IPv6:zz]",
                                      "\"abc@example.com",
                                      "a\"b@example.com",
                                      "<a@example.com>",
                                      "a@b@c d",
                                      "a@ex ample.com",
                                      "\"a\rb\"@example.com"})
    EXPECT_FALSE(parse_mailbox(text)) << text;
}

TEST(ParseAddressList, Rfc5322_3_4) {
  const struct {
    std::string_view text;
    std::vector<std::string> expected;
  } rows[] = {
      {"a@example.com", {"a@example.com"}},
      {"Name <a@example.com>", {"a@example.com"}},
      {"\"Last, First\" <a@example.com>, b@example.com", {"a@example.com", "b@example.com"}},
      {"\"<x@evil.test>\" <a@example.com>", {"a@example.com"}},
      {"Group: a@example.com, B <b@example.com>;", {"a@example.com", "b@example.com"}},
      {"undisclosed-recipients:;", {}},
      {"a@example.com (comment, x@y.test)", {"a@example.com"}},
      {"<@relay.test:a@example.com>", {"a@example.com"}},
      {"a . b @ example.com", {"a.b@example.com"}},
      {"\"a b\"@example.com", {"\"a b\"@example.com"}},
      {"nobody", {}},
      {"<a@[IPv6:::1]>, b@[IPv6:::2]", {"a@[ipv6:::1]", "b@[ipv6:::2]"}},
      {"\"a\\\" b\"@x.test", {"\"a\\\" b\"@x.test"}},
      {"\"never closed <a@example.com>", {"a@example.com"}},
      {"<a@example.com> <b@example.com>", {"a@example.com", "b@example.com"}},
  };
  for (const auto& row : rows) {
    std::vector<std::string> got;
    for (const Address& address : parse_address_list(row.text)) got.push_back(address.text());
    EXPECT_EQ(got, row.expected) << row.text;
  }
}

}  // namespace
}  // namespace sekisho::mail
