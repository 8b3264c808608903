#include "config/domain_name.h"

#include <gtest/gtest.h>

namespace sekisho::config {
namespace {

TEST(DomainName, OneSpellingPerDomain) {
  struct Row {
    const char* name;
    std::string text;
    std::optional<std::string> domain;
  } const kRows[] = {
      {"plain", "example.test", "example.test"},
      {"case", "Example.TEST", "example.test"},
      {"one label", "localhost", "localhost"},
      {"underscore", "_x.example.test", "_x.example.test"},
      {"Rfc5890 U-label", "日本.example", "xn--wgv71a.example"},
      {"Rfc5890 A-label", "XN--WGV71A.example", "xn--wgv71a.example"},
      {"non-transitional sharp s", "straße.example", "xn--strae-oqa.example"},
      {"upper case U-label", "BÜCHER.example", "xn--bcher-kva.example"},
      {"ideographic full stop", "日本。example", "xn--wgv71a.example"},
      {"label of 63", std::string(63, 'a') + ".test", std::string(63, 'a') + ".test"},
      {"label of 64", std::string(64, 'a') + ".test", std::nullopt},
      {"empty", "", std::nullopt},
      {"empty label", "a..test", std::nullopt},
      {"trailing dot", "example.test.", std::nullopt},
      {"leading hyphen", "-a.test", std::nullopt},
      {"trailing hyphen", "a-.test", std::nullopt},
      {"address literal", "[192.0.2.1]", std::nullopt},
      {"blank", "exa mple.test", std::nullopt},
      {"zero byte", std::string("a\0b.test", 8), std::nullopt},
      {"not UTF-8", "\xff\xfe.test", std::nullopt},
      {"long text", std::string(100000, 'a'), std::nullopt},
      {"long UTF-8", std::string(2000, '\xe3'), std::nullopt},
  };
  for (const Row& row : kRows) EXPECT_EQ(to_domain_name(row.text), row.domain) << row.name;
}

TEST(DomainName, LengthIsAtMost253) {
  std::string name;
  while (name.size() < 250) name += "a.";
  EXPECT_TRUE(to_domain_name(name + "abc"));
  EXPECT_FALSE(to_domain_name(name + "abcd"));
}

TEST(DomainName, LocalPartsThatCanBeDefined) {
  for (const char* good : {"alice", "a", "john doe", "a+b", "user%host", "日本", "o'neil"})
    EXPECT_EQ(local_part_mistake(good), "") << good;
  EXPECT_EQ(local_part_mistake(std::string(64, 'a')), "");
  for (const std::string& bad :
       {std::string(), std::string(65, 'a'), std::string("a@b"), std::string("a/b"),
        std::string(".."), std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f")})
    EXPECT_NE(local_part_mistake(bad), "") << bad;
}

TEST(DomainName, AddressSplitsAtTheLastAt) {
  EXPECT_EQ(split_address("alice").local, "alice");
  EXPECT_FALSE(split_address("alice").domain);
  EXPECT_EQ(split_address("a@b@example.test").local, "a@b");
  EXPECT_EQ(split_address("a@b@example.test").domain, "example.test");
  EXPECT_EQ(address_mistake("a@example.test"), "");
  EXPECT_NE(address_mistake("a@b@example.test"), "");
  EXPECT_NE(address_mistake("a@"), "");
  EXPECT_NE(address_mistake("@example.test"), "");
}

TEST(DomainName, Rfc5321_4_5_1_ReservedInAnyCase) {
  for (const char* reserved : {"postmaster", "POSTMASTER", "Nobody"})
    EXPECT_TRUE(is_reserved_local(reserved)) << reserved;
  for (const char* free : {"postmasters", "post", "", "nobody2"})
    EXPECT_FALSE(is_reserved_local(free)) << free;
}

}  // namespace
}  // namespace sekisho::config
