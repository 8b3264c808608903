#include "route/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "config/domain_name.h"

namespace sekisho::route {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kText = R"([server]
hostname = "mx.test"
forward_next_hop = "outside"
[[listener]]
address = "127.0.0.1:25"
[next_hop.store]
kind = "maildir"
address = "/var/mail"
[next_hop.exchange]
kind = "smtp"
address = "192.0.2.5:25"
[next_hop.outside]
kind = "smtp"
address = "127.0.0.1:10026"
[plan.gold]
mailbox_bytes_max = "1 GB"

[[domain]]
name = "example.test"
administrator = "admin"
mailboxes = {admin = {}, Alice = {bytes_max = "5 MB"}, hanako = {}, "john doe" = {}, "a+b" = {}}
[domain.aliases]
sales = ["alice", "hanako"]
everyone = ["sales", "admin", "hanako@example.test", "info@catch.test"]
tagged = "hanako+list"
away = ["friend@elsewhere.test", "alice"]
boss = "postmaster"

[[domain]]
name = "catch.test"
plan = "gold"
administrator = "sales@example.test"
catch_all = "info"
mailboxes = ["info"]
aliases = {Help = "info"}
subaddress_separator = "-"

[[domain]]
name = "relay.test"
administrator = "Owner"
next_hop = "exchange"
accept_any_local = true
mailboxes = ["Known"]
aliases = {list = ["known", "Any.Body"]}

[[domain]]
name = "into.test"
administrator = "admin@example.test"
catch_all = "any@relay.test"

[[domain]]
name = "case.test"
administrator = "admin"
mailboxes = ["admin", "Bob", "bob"]
case_sensitive_local = true
subaddress_separator = ""

[[domain]]
name = "日本.example"
administrator = "admin@example.test"
catch_all = "fan@elsewhere.test"
)";

class RouterTest : public testing::Test {
 protected:
  RouterTest()
      : loaded_(config::parse_config(kText, "sekisho.toml", "/")), router_(loaded_.config) {
    for (const config::ConfigError& error : loaded_.errors) ADD_FAILURE() << error.text();
  }

  // "alice@example.test hanako@example.test", or the reply of a refusal.
  std::string route(std::string local, std::string domain) const {
    const Resolution resolution = router_.resolve({std::move(local), std::move(domain)});
    EXPECT_EQ(resolution.accepted(), !resolution.targets.empty());
    EXPECT_EQ(resolution.accepted(), resolution.reply.empty());
    if (!resolution.accepted()) return resolution.reply;
    std::string text;
    for (const Target& target : resolution.targets)
      text.append(text.empty() ? "" : " ").append(target.mailbox);
    return text;
  }

  config::LoadedConfig loaded_;
  Router router_;
};

constexpr const char* kUnknown = "550 5.1.1 No such mailbox here";
constexpr const char* kRelay = "554 5.7.1 This server takes no mail for that domain";
constexpr const char* kRouted = "554 5.7.1 No mail is relayed by a routed address";

struct Row {
  const char* name;
  std::string local;
  const char* domain;
  const char* result;
} const kRows[] = {
    {"mailbox", "hanako", "example.test", "hanako@example.test"},
    {"Rfc5321_2_4 local case", "HANAKO", "example.test", "hanako@example.test"},
    {"spelling of the configuration", "alice", "example.test", "Alice@example.test"},
    {"domain case", "hanako", "EXAMPLE.Test", "hanako@example.test"},
    {"quoted local part", "john doe", "example.test", "\"john doe\"@example.test"},
    {"unknown", "bob", "example.test", kUnknown},
    {"empty local part", "", "example.test", kUnknown},

    {"Rfc5321_4_5_1 postmaster", "postmaster", "example.test", "admin@example.test"},
    {"in any case", "PostMaster", "example.test", "admin@example.test"},
    {"nobody", "nobody", "example.test", "admin@example.test"},
    {"sub-address of postmaster", "postmaster+x", "example.test", "admin@example.test"},
    {"of a case-sensitive domain", "POSTMASTER", "case.test", "admin@case.test"},
    {"of a relay domain", "postmaster", "relay.test", "Owner@relay.test"},
    {"administrator in another domain", "postmaster", "catch.test",
     "Alice@example.test hanako@example.test"},
    {"bare postmaster", "postmaster", "", "admin@example.test"},
    {"bare POSTMASTER", "POSTMASTER", "", "admin@example.test"},
    {"any other bare name", "hanako", "", "550 5.1.3 The address needs a domain"},
    {"bare nobody", "nobody", "", "550 5.1.3 The address needs a domain"},

    {"alias", "sales", "example.test", "Alice@example.test hanako@example.test"},
    {"alias case", "SALES", "example.test", "Alice@example.test hanako@example.test"},
    {"alias with a tag", "sales+x", "example.test", "Alice@example.test hanako@example.test"},
    {"chain, without duplicates", "everyone", "example.test",
     "Alice@example.test hanako@example.test admin@example.test info@catch.test"},
    {"alias to a sub-address", "tagged", "example.test", "hanako@example.test"},
    {"alias to postmaster", "boss", "example.test", "admin@example.test"},
    {"forward", "away", "example.test", "friend@elsewhere.test Alice@example.test"},

    {"Rfc5233 sub-address", "hanako+news", "example.test", "hanako@example.test"},
    {"empty tag", "hanako+", "example.test", "hanako@example.test"},
    {"tag with separators", "hanako+a+b", "example.test", "hanako@example.test"},
    {"mailbox with a separator in its name", "a+b", "example.test", "a+b@example.test"},
    {"nothing before the separator", "+news", "example.test", kUnknown},
    {"unknown before the separator", "bob+news", "example.test", kUnknown},
    {"other separator", "help-desk", "catch.test", "info@catch.test"},
    {"no separator", "bob+x", "case.test", kUnknown},

    {"catch-all", "anything", "catch.test", "info@catch.test"},
    {"catch-all elsewhere", "x", "xn--wgv71a.example", "fan@elsewhere.test"},
    {"catch-all takes no alias away", "help", "catch.test", "info@catch.test"},

    {"Rfc5321_2_4 relay keeps the case", "Some.One+Tag", "relay.test", "Some.One+Tag@relay.test"},
    {"relay, listed mailbox", "KNOWN", "relay.test", "Known@relay.test"},
    {"relay, alias", "LIST", "relay.test", "Known@relay.test Any.Body@relay.test"},
    {"relay quotes where it must", "a b", "relay.test", "\"a b\"@relay.test"},

    {"case counts", "Bob", "case.test", "Bob@case.test"},
    {"case counts, the other", "bob", "case.test", "bob@case.test"},
    {"case counts, none", "BOB", "case.test", kUnknown},

    {"Rfc5891 U-label", "postmaster", "日本.example", "admin@example.test"},
    {"Rfc5891 A-label", "postmaster", "XN--WGV71A.example", "admin@example.test"},

    {"not hosted", "hanako", "elsewhere.test", kRelay},
    {"sub-domain", "hanako", "www.example.test", kRelay},
    {"longer domain", "hanako", "notexample.test", kRelay},
    {"trailing dot", "hanako", "example.test.", kRelay},
    {"address literal", "postmaster", "[127.0.0.1]", kRelay},
    {"no domain name at all", "x", "\xff", kRelay},

    {"percent hack", "user%elsewhere.test", "example.test", kUnknown},
    {"percent hack with a hosted target", "hanako%example.test", "example.test", kUnknown},
    {"bang path", "elsewhere.test!hanako", "example.test", kUnknown},
    {"quoted @", "user@elsewhere.test", "example.test", kUnknown},
    {"percent hack at a catch-all", "user%elsewhere.test", "catch.test", "info@catch.test"},
    {"source route in the local part", "@elsewhere.test:hanako", "example.test", kUnknown},
    {"percent hack at a relay domain", "user%elsewhere.test", "relay.test", kRouted},
    {"bang path at a relay domain", "elsewhere.test!user", "relay.test", kRouted},
    {"quoted @ at a relay domain", "user@elsewhere.test", "relay.test", kRouted},
    {"percent hack in a quoted tag", "user+a b%c", "relay.test", kRouted},
    {"percent hack at a catch-all into a relay domain", "user%x", "into.test", "any@relay.test"},
    {"zero byte", std::string("hanako\0x", 8), "example.test", kUnknown},
};

TEST_F(RouterTest, Addresses) {
  for (const Row& row : kRows) EXPECT_EQ(route(row.local, row.domain), row.result) << row.name;
}

TEST_F(RouterTest, TargetsSayWhereAndHowMuch) {
  const Resolution alice = router_.resolve({"alice", "example.test"});
  ASSERT_EQ(alice.targets.size(), 1U);
  EXPECT_EQ(alice.targets[0].next_hop->name, "store");
  EXPECT_EQ(alice.targets[0].domain->name, "example.test");
  EXPECT_EQ(alice.targets[0].mailbox_bytes_max, 5U << 20);
  EXPECT_EQ(router_.resolve({"hanako", "example.test"}).targets[0].mailbox_bytes_max,
            uint64_t{384} << 20);
  EXPECT_EQ(router_.resolve({"info", "catch.test"}).targets[0].mailbox_bytes_max,
            uint64_t{1} << 30);
  EXPECT_EQ(router_.resolve({"any", "relay.test"}).targets[0].mailbox_bytes_max, 0U);
  EXPECT_EQ(router_.resolve({"any", "relay.test"}).targets[0].next_hop->name, "exchange");
  EXPECT_EQ(router_.resolve({"hanako+News", "example.test"}).targets[0].tag, "News");
}

TEST_F(RouterTest, ForwardGoesToItsNextHopForTheAliasesDomain) {
  const Resolution away = router_.resolve({"away", "example.test"});
  ASSERT_EQ(away.targets.size(), 2U);
  EXPECT_EQ(away.targets[0].next_hop->name, "outside");
  EXPECT_EQ(away.targets[0].domain->name, "example.test");
  EXPECT_EQ(router_.resolve({"x", "日本.example"}).targets[0].domain->name, "xn--wgv71a.example");
}

TEST_F(RouterTest, PolicyIsThatOfTheRecipientAsGiven) {
  EXPECT_EQ(router_.resolve({"postmaster", "catch.test"}).domain->name, "catch.test");
  EXPECT_EQ(router_.resolve({"postmaster", ""}).domain->name, "example.test");
  EXPECT_EQ(router_.resolve({"bob", "example.test"}).domain->name, "example.test");
  EXPECT_EQ(router_.resolve({"bob", "elsewhere.test"}).domain, nullptr);
}

TEST_F(RouterTest, RefusalHasItsCode) {
  EXPECT_EQ(router_.resolve({"bob", "example.test"}).reply_code, 550);
  EXPECT_EQ(router_.resolve({"bob", "elsewhere.test"}).reply_code, 554);
  EXPECT_EQ(router_.resolve({"hanako", "example.test"}).reply_code, 0);
}

TEST_F(RouterTest, StepsExplain) {
  EXPECT_THAT(router_.resolve({"Sales+jp", "example.test"}).steps,
              ElementsAre("recipient Sales+jp@example.test",
                          "domain example.test is hosted (sekisho.toml:18), plan standard",
                          "sub-address: sales with the tag jp",
                          "sales@example.test: alias (sekisho.toml:23) of alice, hanako",
                          "Alice@example.test: mailbox, next hop store (maildir /var/mail)",
                          "hanako@example.test: mailbox, next hop store (maildir /var/mail)"));
  EXPECT_THAT(router_.resolve({"x", "catch.test"}).steps,
              ElementsAre("recipient x@catch.test",
                          "domain catch.test is hosted (sekisho.toml:29), plan gold",
                          "x: no mailbox and no alias", "catch-all: info",
                          "info@catch.test: mailbox, next hop store (maildir /var/mail)"));
  EXPECT_THAT(router_.resolve({"postmaster", "relay.test"}).steps,
              Contains("postmaster@relay.test: reserved, goes to the administrator Owner"));
  EXPECT_THAT(
      router_.resolve({"x", "elsewhere.test"}).steps,
      ElementsAre("recipient x@elsewhere.test", "domain elsewhere.test is not hosted here"));
}

TEST_F(RouterTest, StepsHoldNoControlCharacters) {
  for (const std::string& step : router_.resolve({"\x1b[31m\r\n", "example.test"}).steps)
    EXPECT_TRUE(std::none_of(step.begin(), step.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    })) << step;
}

// Every name that the configuration allows survives the way through the envelope's spelling.
TEST(Router, MailboxIsReadBack) {
  constexpr std::string_view kNames[] = {"a",
                                         "john doe",
                                         "a.b",
                                         "a..b",
                                         "b.",
                                         "-",
                                         "x\\\"y",
                                         "日本",
                                         "o'neil",
                                         "<x>",
                                         "(comment)",
                                         "a,b;c:d",
                                         "#!$%&*?^`{|}~=_",
                                         " blanks ",
                                         "[x]"};
  for (const char* name : {"example.test", "_under.test", "日本.example", "localhost"}) {
    config::Config config;
    config.next_hops["store"].name = "store";
    config::Domain& domain = config.domains.emplace_back();
    domain.name = *config::to_domain_name(name);
    for (const std::string_view local : kNames) {
      EXPECT_EQ(config::local_part_mistake(local), "") << local;
      domain.mailboxes[std::string(local)] = {};
    }
    const Router router(config);
    for (const std::string_view local : kNames) {
      const Resolution resolution = router.resolve({std::string(local), domain.name});
      ASSERT_TRUE(resolution.accepted()) << local;
      EXPECT_EQ(mail::parse_mailbox(resolution.targets[0].mailbox),
                (mail::Address{std::string(local), domain.name}))
          << resolution.targets[0].mailbox;
    }
  }
}

// A configuration that no file could make: the mail stays with the sender until it is mended.
class BrokenConfig : public testing::Test {
 protected:
  BrokenConfig() {
    config_.next_hops["store"].name = "store";
    config::Domain& domain = config_.domains.emplace_back();
    domain.name = "example.test";
    domain.administrator = "postmaster";
    domain.mailboxes["alice"] = {};
    domain.aliases["loop"].targets = {"alice", "back"};
    domain.aliases["back"].targets = {"loop"};
    domain.aliases["gone"].targets = {"alice", "nothere"};
    domain.aliases["out"].targets = {"x@elsewhere.test"};
    domain.aliases["empty"].targets = {};
  }
  std::string route(std::string local) const {
    const Resolution resolution = Router(config_).resolve({std::move(local), "example.test"});
    EXPECT_EQ(resolution.accepted(), !resolution.targets.empty());
    return resolution.reply.substr(0, 9);
  }
  config::Config config_;
};

TEST_F(BrokenConfig, IsATemporaryRefusal) {
  EXPECT_EQ(route("alice"), "");
  EXPECT_EQ(route("loop"), "451 4.4.6");
  EXPECT_EQ(route("postmaster"), "451 4.4.6");
  EXPECT_EQ(route("gone"), "451 4.3.5");
  EXPECT_EQ(route("out"), "451 4.3.5");
  EXPECT_EQ(route("empty"), "451 4.3.5");
  config_.next_hops.clear();
  EXPECT_EQ(route("alice"), "451 4.3.5");
}

TEST(Router, WithoutAnyDomain) {
  const config::Config config;
  const Router router(config);
  EXPECT_EQ(router.resolve({"postmaster", ""}).reply_code, 550);
  EXPECT_EQ(router.resolve({"a", "example.test"}).reply_code, 554);
}

TEST(Router, ThousandsOfDomains) {
  config::Config config;
  config.next_hops["store"].name = "store";
  for (int i = 0; i < 5000; ++i) {
    config::Domain& domain = config.domains.emplace_back();
    domain.name = "d" + std::to_string(i) + ".test";
    domain.administrator = "admin";
    domain.mailboxes["admin"] = {};
  }
  Router router(config);
  const Router moved = std::move(router);
  for (int i = 0; i < 5000; ++i) {
    const Resolution resolution = moved.resolve({"postmaster", "d" + std::to_string(i) + ".test"});
    ASSERT_EQ(resolution.targets.size(), 1U);
    EXPECT_EQ(resolution.targets[0].domain, &config.domains[static_cast<size_t>(i)]);
  }
}

}  // namespace
}  // namespace sekisho::route
