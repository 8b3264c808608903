// Mistakes in what domains say, within one and about each other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/expansion.h"
#include "config_text.h"

namespace sekisho::config {
namespace {

struct Row {
  const char* name;
  std::string lines;                // of domain example.test, from line 4
  std::vector<std::string> errors;  // behind "sekisho.toml:"
};

constexpr const char* kDomain = "[[domain]]\nname = \"example.test\"\nadministrator = \"admin\"\n";

void expect_errors(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    std::vector<std::string> expected;
    for (const std::string& error : row.errors) expected.push_back("sekisho.toml:" + error);
    EXPECT_EQ(error_texts(parse_lines(kDomain + row.lines)), expected) << row.name;
  }
}

TEST(DomainErrors, NamesThatCanNotBeDefined) {
  expect_errors({
      {"Rfc5321_4_5_1 postmaster",
       "mailboxes = [\"admin\",\n\"Postmaster\"]\n",
       {"5: domain.mailboxes: \"Postmaster\" can't be defined: it always reaches the "
        "administrator; remove it"}},
      {"nobody as an alias",
       "mailboxes = [\"admin\"]\n[domain.aliases]\nnobody = \"admin\"\n",
       {"6: domain.aliases: \"nobody\" can't be defined: it always reaches the administrator; "
        "remove it"}},
      {"sub-address of postmaster",
       "mailboxes = [\"admin\", \"postmaster+x\"]\n",
       {"4: domain.mailboxes: \"postmaster+x\" can't be defined: it always reaches the "
        "administrator; remove it"}},
      {"address instead of a name",
       "mailboxes = [\"admin\", \"alice@example.test\"]\n",
       {"4: domain.mailboxes: \"alice@example.test\" holds an @; write only what stands before the "
        "@"}},
      {"way out of the store",
       "mailboxes = [\"admin\", \"../admin\"]\n",
       {"4: domain.mailboxes: \"../admin\" holds a /, which a folder's name can't; remove it"}},
      {"two aliases, one bad target",
       "mailboxes = [\"admin\"]\naliases = {a = [], b = [\"x@-.test\", \"admin\"], c = 5}\n",
       {"5: domain.aliases: \"a\" has no target; write one, or remove the alias",
        "5: domain.aliases: \"b\": target \"x@-.test\" has no valid domain behind the @; write it "
        "like admin@example.net",
        "5: domain.aliases: wrong kind of value; write a table like {sales = [\"alice\", "
        "\"hanako\"]}"}},
  });
}

TEST(DomainErrors, NamesDefinedTwice) {
  expect_errors({
      {"Rfc5321_2_4 case does not count",
       "mailboxes = [\"admin\",\n\"alice\", \"Alice\"]\n",
       {"5: domain.mailboxes: \"Alice\" is already defined in line 5; remove one of them"}},
      {"unless the domain says so",
       "case_sensitive_local = true\nmailboxes = [\"admin\", \"alice\", \"Alice\"]\n",
       {}},
      {"alias like a mailbox",
       "mailboxes = [\"admin\", \"sales\"]\n\n[domain.aliases]\nSales = \"admin\"\n",
       {"7: domain.aliases: \"Sales\" is already defined in line 4; remove one of them"}},
      {"domain",
       "mailboxes = [\"admin\"]\n[[domain]]\nname = \"EXAMPLE.test\"\nadministrator = \"x\"\n",
       {"5: domain.name: example.test is already defined at sekisho.toml:1; remove one of them"}},
  });
}

TEST(DomainErrors, PlanAndNextHop) {
  expect_errors({
      {"unknown plan",
       "mailboxes = [\"admin\"]\nplan = \"golden\"\n[plan.gold]\n",
       {"5: domain.plan: there is no plan \"golden\"; did you mean gold?"}},
      {"unknown next hop",
       "mailboxes = [\"admin\"]\nnext_hop = \"mars\"\n",
       {"5: domain.next_hop: there is no next hop \"mars\"; there are: store"}},
      {"a relay domain needs a server that knows the mailboxes",
       "mailboxes = [\"admin\"]\naccept_any_local = true\n",
       {"5: domain.accept_any_local: next hop \"store\" is a Maildir, which has the mailboxes "
        "listed here only; use an lmtp or smtp next hop, or catch_all"}},
      {"catch-all of a relay domain",
       "catch_all = \"admin\"\naccept_any_local = true\nnext_hop = \"out\"\n"
       "[next_hop.out]\nkind = \"smtp\"\naddress = \"192.0.2.1:25\"\n",
       {"4: domain.catch_all: is never used, since accept_any_local passes every name on; remove "
        "one"}},
      {"sub-address separator",
       "mailboxes = [\"admin\"]\nsubaddress_separator = \"%\"\n",
       {"5: domain.subaddress_separator: \"%\" is no separator; write one of + - _ = # . ~ or "
        "\"\" for none"}},
  });
}

TEST(DomainErrors, DefaultNextHopIsMissing) {
  const std::string lines =
      std::string(kDomain) + "mailboxes = [\"admin\"]\n" +
      "[next_hop.store2]#[next_hop.store]\nkind = \"maildir\"\naddress = \"/m\"\n";
  EXPECT_THAT(error_texts(parse_lines(lines)),
              testing::ElementsAre("sekisho.toml:1: domain.next_hop: there is no next hop "
                                   "\"store\"; did you mean store2?"));
}

TEST(DomainErrors, AdministratorAndCatchAll) {
  expect_errors({
      {"administrator is no mailbox",
       "mailboxes = [\"admins\"]\n",
       {"3: domain.administrator: there is no mailbox or alias \"admin\" in example.test; did you "
        "mean admins?"}},
      {"catch-all is no mailbox",
       "mailboxes = [\"admin\"]\ncatch_all = \"everything\"\n",
       {"5: domain.catch_all: there is no mailbox or alias \"everything\" in example.test; define "
        "it, or point at one that exists"}},
      {"catch-all elsewhere",
       "mailboxes = [\"admin\"]\ncatch_all = \"me@elsewhere.test\"\n",
       {"5: domain.catch_all: the domain of \"me@elsewhere.test\" is not hosted here; host it, or "
        "set server.forward_next_hop to pass such mail on"}},
      {"a catch-all is no administrator of its own",
       "catch_all = \"postmaster\"\n",
       {"3: domain.administrator: there is no mailbox or alias \"admin\" in example.test; define "
        "it, or point at one that exists"}},
      {"administrator through a list back to postmaster",
       "aliases = {admin = [\"postmaster\"]}\n",
       {"3: domain.administrator: \"admin\" leads in a circle (loop: admin@example.test -> "
        "postmaster@example.test -> admin@example.test); point at a mailbox instead",
        "4: domain.aliases: \"admin\" leads back to itself (loop: admin@example.test -> "
        "postmaster@example.test -> admin@example.test); remove one of the targets"}},
  });
  EXPECT_THAT(
      error_texts(parse_lines("[[domain]]\nname = \"example.test\"\n")),
      testing::ElementsAre("sekisho.toml:1: domain.administrator: is missing; write a text"));
  EXPECT_THAT(error_texts(parse_lines("[[domain]]\nadministrator = \"a\"\n")),
              testing::ElementsAre(
                  "sekisho.toml:1: domain.name: is missing; write it like name = \"example.net\""));
}

TEST(DomainErrors, AliasesThatLeadNowhere) {
  expect_errors({
      {"unknown mailbox",
       "mailboxes = [\"admin\"]\n[domain.aliases]\nsales = [\"admin\", \"admni\"]\n",
       {"6: domain.aliases: \"sales\": there is no mailbox or alias \"admni\" in example.test; did "
        "you mean admin?"}},
      {"a catch-all does not hide it",
       "mailboxes = [\"admin\"]\ncatch_all = \"admin\"\naliases = {sales = \"bob\"}\n",
       {"6: domain.aliases: \"sales\": there is no mailbox or alias \"bob\" in example.test; "
        "define "
        "it, or point at one that exists"}},
      {"not hosted here: never an open relay",
       "mailboxes = [\"admin\"]\naliases = {sales = \"bob@elsewhere.test\"}\n",
       {"5: domain.aliases: \"sales\": the domain of \"bob@elsewhere.test\" is not hosted here; "
        "host it, or set server.forward_next_hop to pass such mail on"}},
      {"with a forward next hop",
       "mailboxes = [\"admin\"]\naliases = {sales = \"bob@elsewhere.test\"}\n"
       "[server]\nhostname = \"mx.test\"\nforward_next_hop = \"out\"\n"
       "[next_hop.out]\nkind = \"smtp\"\naddress = \"192.0.2.1:25\"\n",
       {}},
      {"loop",
       "mailboxes = [\"admin\"]\n[domain.aliases]\na = \"b\"\nb = [\"admin\", \"C+tag\"]\nc = "
       "\"a@Example.TEST\"\ninto_it = \"a\"\n",
       {"6: domain.aliases: \"a\" leads back to itself (loop: a@example.test -> b@example.test -> "
        "c@example.test -> a@example.test); remove one of the targets"}},
      {"itself",
       "mailboxes = [\"admin\"]\naliases = {a = [\"admin\", \"a\"]}\n",
       {"5: domain.aliases: \"a\" leads back to itself (loop: a@example.test -> a@example.test); "
        "remove one of the targets"}},
  });
}

TEST(DomainErrors, LoopThroughTwoDomains) {
  const std::string lines =
      "[[domain]]\nname = \"a.test\"\nadministrator = \"x\"\nmailboxes = [\"x\"]\n"
      "aliases = {loop = \"loop@b.test\"}\n"
      "[[domain]]\nname = \"b.test\"\nadministrator = \"x@a.test\"\n"
      "aliases = {loop = \"loop@a.test\"}\n";
  EXPECT_THAT(error_texts(parse_lines(lines)),
              testing::ElementsAre("sekisho.toml:5: domain.aliases: \"loop\" leads back to itself "
                                   "(loop: loop@a.test -> loop@b.test -> loop@a.test); remove one "
                                   "of the targets"));
}

std::string aliases_of_admin(size_t count) {
  std::string lines = "mailboxes = [\"admin\"]\n[domain.aliases]\n";
  for (size_t i = 1; i <= count; ++i) lines += "a" + std::to_string(i) + " = \"admin\"\n";
  return lines;
}

TEST(DomainErrors, AliasesPerMailbox) {
  expect_errors({
      {"nine", aliases_of_admin(9), {}},
      {"ten",
       aliases_of_admin(10),
       {"15: domain.aliases: \"a10\" is one too many: admin@example.test has 9 aliases already, "
        "the "
        "most that plan \"standard\" allows (aliases_per_mailbox_max); remove one or raise it"}},
      {"ten, allowed",
       aliases_of_admin(10) + "[plan.standard]\naliases_per_mailbox_max = 10\n",
       {}},
      {"ten, allowed by the domain", "aliases_per_mailbox_max = 10\n" + aliases_of_admin(10), {}},
      {"one, refused",
       "aliases_per_mailbox_max = 0\n" + aliases_of_admin(1),
       {"7: domain.aliases: \"a1\" is one too many: admin@example.test has 0 aliases already, the "
        "most that plan \"standard\" allows (aliases_per_mailbox_max); remove one or raise it"}},
  });
}

std::string chain(size_t aliases) {
  std::string lines = "mailboxes = [\"admin\"]\n[domain.aliases]\n";
  for (size_t i = 1; i < aliases; ++i)
    lines += "a" + std::to_string(i) + " = \"a" + std::to_string(i + 1) + "\"\n";
  return lines + "a" + std::to_string(aliases) + " = \"admin\"\n";
}

TEST(DomainErrors, ChainsAndListsHaveLimits) {
  std::string many = "aliases_per_mailbox_max = 10000\nmailboxes = [\"admin\"";
  std::string list = "]\naliases = {all = [\"admin\"";
  for (size_t i = 0; i < kTargetsMax; ++i) {
    many += ", \"m" + std::to_string(i) + "\"";
    list += ", \"m" + std::to_string(i) + "\"";
  }
  expect_errors({
      {"20 aliases behind each other", chain(kAliasDepthMax), {}},
      {"21",
       chain(kAliasDepthMax + 1),
       {"6: domain.aliases: \"a1\" leads to more than 20 aliases behind each other; split or "
        "shorten it"}},
      {"1001 mailboxes",
       many + list + "]}\n",
       {"6: domain.aliases: \"all\" leads to more than 1000 mailboxes; split or shorten it"}},
  });
}

}  // namespace
}  // namespace sekisho::config
