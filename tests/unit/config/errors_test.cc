// Each mistake with its place, and what to do about it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config_text.h"

namespace sekisho::config {
namespace {

struct Row {
  const char* name;
  std::string lines;
  std::vector<std::string> errors;  // behind "sekisho.toml:"
};

void expect_errors(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    std::vector<std::string> expected;
    for (const std::string& error : row.errors) expected.push_back("sekisho.toml:" + error);
    EXPECT_EQ(error_texts(parse_lines(row.lines)), expected) << row.name;
  }
}

TEST(Errors, SettingsThatDoNotExist) {
  expect_errors({
      {"slip of the hand",
       "[smtp]\nrecipient_max = 100\n",
       {"2: smtp.recipient_max: there is no such setting; did you mean recipients_max?"}},
      {"right name in another section",
       "[smtp]\nworkers = 2\n",
       {"2: smtp.workers: there is no such setting; it belongs to section inspect"}},
      {"nothing like it",
       "[spool]\n\ncolour = 2\n",
       {"3: spool.colour: there is no such setting; there are: path"}},
      {"section", "[smpt]\nx = 1\n", {"1: smpt: there is no such section; did you mean smtp?"}},
      {"in a plan",
       "[plan.gold]\nspan = \"off\"\n",
       {"2: plan.gold.span: there is no such setting; did you mean spam?"}},
      {"in a domain",
       "[[domain]]\nname = \"example.test\"\nadministrator = \"a\"\nmailboxes = [\"a\"]\n"
       "catchall = \"a\"\n",
       {"5: domain.catchall: there is no such setting; did you mean catch_all?"}},
      {"of a mailbox",
       "[[domain]]\nname = \"example.test\"\nadministrator = \"a\"\n"
       "mailboxes = {a = {quota = 1}}\n",
       {"4: domain.mailboxes.a.quota: there is no such setting; there are: bytes_max"}},
  });
}

TEST(Errors, BlockedAttachments) {
  expect_errors({
      {"with a dot",
       "[plan.p]\nblocked_extensions = [\".exe\"]\n",
       {"2: plan.p.blocked_extensions: \".exe\" is no extension; write it in small letters and "
        "without the dot, like exe"}},
      {"two at once",
       "[plan.p]\nblocked_extensions = [\"tar.gz\"]\n",
       {"2: plan.p.blocked_extensions: \"tar.gz\" is no extension; write it in small letters and "
        "without the dot, like exe"}},
      {"capitals",
       "[plan.p]\nblocked_extensions = [\"EXE\"]\n",
       {"2: plan.p.blocked_extensions: \"EXE\" is no extension; write it in small letters and "
        "without the dot, like exe"}},
      {"no type",
       "[plan.p]\nblocked_types = [\"video/*\", \"mp4\"]\n",
       {"2: plan.p.blocked_types: \"mp4\" is no media type; write it in small letters, like "
        "application/zip or video/*"}},
  });
  std::string many = "[plan.p]\nblocked_extensions = [";
  for (size_t i = 0; i <= kBlockedExtensionsMax; ++i) many += "\"x\",";
  expect_errors({{"too many",
                  many + "]\n",
                  {"2: plan.p.blocked_extensions: a list of 65 is too long; write at most 64"}}});
}

TEST(Errors, FormOfSections) {
  expect_errors({
      {"list as table",
       "[listener] # not [[listener]]\naddress = \"127.0.0.1:25\"\n",
       {"1: listener: there may be several; write [[listener]]"}},
      {"table as list", "[[smtp]]\n", {"1: smtp: is a section; write [smtp]"}},
      {"value as section", "spool = \"/var/spool\"\n", {"1: spool: is a section; write [spool]"}},
      {"plan without a name",
       "[plan]\nspam = \"off\"\n",
       {"2: plan.spam: is not a section; write [plan.NAME] before it"}},
      {"inner section",
       "[mailbox]\nbytes_max = 1\n",
       {"1: mailbox: there is no such section; there are: domains, server, listener, smtp, spool, "
        "quarantine, inspect, plan, next_hop, domain"}},
  });
}

TEST(Errors, WrongTypes) {
  expect_errors({
      {"text for number",
       "[smtp]\nerrors_max = \"many\"\n",
       {"2: smtp.errors_max: a text can't stand here; write a whole number from 1 to 10000"}},
      {"number for text",
       "[server]\nhostname = 25\n",
       {"2: server.hostname: a whole number can't stand here; write a text"}},
      {"number for duration",
       "[smtp]\ndata_timeout = 30\n",
       {"2: smtp.data_timeout: a whole number can't stand here; write a duration like \"30s\" or "
        "\"5m\" from 1s to 24h"}},
      {"text for flag",
       "[inspect]\nallow_unscanned = \"yes\"\n",
       {"2: inspect.allow_unscanned: a text can't stand here; write true or false"}},
      {"text for list",
       "[inspect]\nrules = \"rules\"\n",
       {"2: inspect.rules: a text can't stand here; write a list of paths; relative ones start at "
        "the folder of this file"}},
      {"number in list",
       "[inspect]\nrules = [\"rules\", 7]\n",
       {"2: inspect.rules: 7 is no path; write a list of paths; relative ones start at the folder "
        "of this file"}},
      {"rules that are not there",
       "[inspect]\nrules = [\"/usr\", \"/nowhere/rules\"]\nsignatures = [\"none\"]\n",
       {"2: inspect.rules: \"/nowhere/rules\" is not there; make it, or name another path",
        "3: inspect.signatures: \"/etc/sekisho/none\" is not there; make it, or name another "
        "path"}},
      {"flag for decimal",
       "[plan.p]\nspam_threshold = true\n",
       {"2: plan.p.spam_threshold: true or false can't stand here; write a number from 0.1 to "
        "1000"}},
      {"unknown choice",
       "[plan.p]\nvirus = \"deliver\"\n",
       {"2: plan.p.virus: \"deliver\" is unknown; write one of \"reject\", \"quarantine\", "
        "\"discard\""}},
      {"a mark on what nobody has read",
       "[plan.p]\nunscanned_timeout = \"tag\"\n",
       {"2: plan.p.unscanned_timeout: \"tag\" is unknown; write one of \"defer\", \"reject\", "
        "\"quarantine\""}},
      {"empty path",
       "[spool]\npath = \"\"\n",
       {"2: spool.path: \"\" is no path; write a path; a relative one starts at the folder of this "
        "file"}},
      {"mailboxes as text",
       "[[domain]]\nname = \"example.test\"\nadministrator = \"postmaster@example.test\"\n"
       "mailboxes = \"a\"\naliases = [\"a\"]\n",
       {"3: domain.administrator: \"postmaster@example.test\" leads in a circle (loop: "
        "postmaster@example.test -> postmaster@example.test); point at a mailbox instead",
        "4: domain.mailboxes: wrong kind of value; write a list of names like [\"alice\"] or a "
        "table like {alice = {}}",
        "5: domain.aliases: wrong kind of value; write a table like {sales = [\"alice\", "
        "\"hanako\"]}"}},
  });
}

TEST(Errors, OutOfRange) {
  expect_errors({
      {"Rfc5321_4_5_3_1_8 too few recipients",
       "[smtp]\nrecipients_max = 99\n",
       {"2: smtp.recipients_max: 99 is out of range; write a whole number from 100 to 1000"}},
      {"negative",
       "[inspect]\nworkers = -1\n",
       {"2: inspect.workers: -1 is out of range; write a whole number from 0 to 1024"}},
      {"a plan can't raise the message size",
       "[plan.big]\nmessage_bytes_max = 104857601\n",
       {"2: plan.big.message_bytes_max: 104857601 is out of range; write a size like \"10 MB\" "
        "from 1 KB to 100 MB"}},
      {"nor a domain",
       "[[domain]]\nname = \"example.test\"\nadministrator = \"a\"\nmailboxes = [\"a\"]\n"
       "message_bytes_max = \"101 MB\"\n",
       {"5: domain.message_bytes_max: \"101 MB\" is out of range; write a size like \"10 MB\" from "
        "1 KB to 100 MB"}},
      {"no size",
       "[smtp]\nmessage_bytes_max = \"big\"\n",
       {"2: smtp.message_bytes_max: \"big\" is no size; write a size like \"10 MB\" from 64 KB to "
        "100 MB"}},
      {"negative size",
       "[plan.p]\nmailbox_bytes_max = -5\n",
       {"2: plan.p.mailbox_bytes_max: -5 is out of range; write a size like \"10 MB\" from 0 bytes "
        "to 1024 TB"}},
      {"not a number",
       "[plan.p]\nspam_threshold = nan\n",
       {"2: plan.p.spam_threshold: a decimal number is out of range; write a number from 0.1 to "
        "1000"}},
      {"duration",
       "[smtp]\ncommand_timeout = \"2d\"\n",
       {"2: smtp.command_timeout: \"2d\" is out of range; write a duration like \"30s\" or \"5m\" "
        "from 1s to 24h"}},
  });
}

TEST(Errors, AddressesAndNames) {
  expect_errors({
      {"host name",
       "[server]\nhostname = \"mx..test\"\n",
       {"2: server.hostname: \"mx..test\" is not the name of a domain; write it like "
        "mail.example.net"}},
      {"host name is missing",
       "[server]\nlog_format = \"json\"\n",
       {"1: server.hostname: is missing; write a text"}},
      {"listener",
       "[[listener]]\naddress = \"localhost:25\"\n",
       {"2: listener.address: \"localhost:25\" is not an IP address with a port; write it like "
        "0.0.0.0:25 or [::]:25"}},
      {"listener without an address",
       "[[listener]]\nrole = \"mx\"\n",
       {"1: listener.address: is missing; write a text"}},
      {"listener twice",
       "[[listener]]\naddress = \"[::]:25\"\n[[listener]]\naddress = \"[::]:25\"\n",
       {"3: listener.address: \"[::]:25\" is there twice; remove one of the sections"}},
      {"network",
       "[[listener]]\naddress = \"[::]:25\"\nproxy_protocol_from = [\"192.0.2.0/33\"]\n",
       {"3: listener.proxy_protocol_from: \"192.0.2.0/33\" is no address or network; write it like "
        "192.0.2.7 or 192.0.2.0/24"}},
      {"network with host bits",
       "[[listener]]\naddress = \"[::]:25\"\nproxy_protocol_from = [\"192.0.2.1/24\"]\n",
       {"3: listener.proxy_protocol_from: \"192.0.2.1/24\" has bits set behind its prefix; write "
        "the network's first address, or no prefix for one host"}},
      {"line break in the subject tag",
       "[plan.p]\nsubject_tag = \"a\\r\\nBcc: x\"\n",
       {"2: plan.p.subject_tag: \"a\r\nBcc: x\" holds a control character or more than 200 bytes, "
        "and can't go into a header field; write a text"}},
  });
}

TEST(Errors, NextHops) {
  expect_errors({
      {"unknown kind",
       "[next_hop.store]\nkind = \"uucp\"\naddress = \"/m\"\n",
       {"2: next_hop.store.kind: \"uucp\" is unknown; write one of \"maildir\", \"lmtp\", "
        "\"smtp\""}},
      {"nothing set",
       "[next_hop.store]\n",
       {"1: next_hop.store.kind: is missing; write one of \"maildir\", \"lmtp\", \"smtp\"",
        "1: next_hop.store.address: is missing; write a text"}},
      {"port",
       "[next_hop.store]\nkind = \"lmtp\"\naddress = \"127.0.0.1:99999\"\n",
       {"3: next_hop.store.address: \"127.0.0.1:99999\" is no address; write it like 127.0.0.1:24, "
        "[::1]:24, mail.example.net:25 or unix:/run/dovecot/lmtp"}},
      {"port 0",
       "[next_hop.store]\nkind = \"smtp\"\naddress = \"127.0.0.1:0\"\n",
       {"3: next_hop.store.address: \"127.0.0.1:0\" is no address; write it like 127.0.0.1:24, "
        "[::1]:24, mail.example.net:25 or unix:/run/dovecot/lmtp"}},
      {"maildir without a folder",
       "[next_hop.store]\nkind = \"maildir\"\naddress = \"\"\n",
       {"3: next_hop.store.address: is empty; write a folder"}},
      {"forward to nothing",
       "[server]\nhostname = \"mx.test\"\nforward_next_hop = \"out\"\n",
       {"3: server.forward_next_hop: there is no next hop \"out\" of kind smtp; none is defined"}},
      {"forward to a maildir",
       "[server]\nhostname = \"mx.test\"\nforward_next_hop = \"store\"\n",
       {"3: server.forward_next_hop: there is no next hop \"store\" of kind smtp; none is "
        "defined"}},
  });
}

TEST(Errors, WholeFile) {
  EXPECT_THAT(
      error_texts(parse_config("", "empty.toml", "/nowhere")),
      testing::ElementsAre(
          "empty.toml: server.hostname: is missing; write hostname = \"mx.example.net\" below "
          "[server]",
          "empty.toml: no port to listen on; write a [[listener]] section with an address",
          "empty.toml: no domain is hosted; write a [[domain]] section, or a file in the folder "
          "domains.d"));
  const LoadedConfig broken = parse_config("[server]\nhostname = \n", "a.toml", "/nowhere");
  ASSERT_EQ(broken.errors.size(), 1U);
  EXPECT_EQ(broken.errors[0].line, 2U);
  EXPECT_THAT(broken.errors[0].what, testing::StartsWith("not TOML: "));
  EXPECT_THAT(error_texts(load_config("/nowhere/sekisho.toml")),
              testing::ElementsAre(testing::StartsWith("/nowhere/sekisho.toml: can't be read: ")));
  EXPECT_FALSE(parse_config("a = \"\xff\"", "a.toml", "/nowhere").errors.empty());
  EXPECT_FALSE(parse_config(std::string(100000, '['), "a.toml", "/nowhere").errors.empty());
}

TEST(Errors, AllAreReportedAtOnceInTheOrderOfLines) {
  expect_errors({
      {"five mistakes",
       "[next_hop.store]\nkind = \"maildir\"\naddress = \"/m\"\n[smtp]\nerrors_max = 0\n"
       "[[domain]]\nname = \"b.test\"\nadministrator = \"nobody2\"\naliases = {x = \"y\"}\n"
       "[spool]\npath = 1\n[smpt]\n",
       {"5: smtp.errors_max: 0 is out of range; write a whole number from 1 to 10000",
        "8: domain.administrator: there is no mailbox or alias \"nobody2\" in b.test; define it, "
        "or "
        "point at one that exists",
        "9: domain.aliases: \"x\": there is no mailbox or alias \"y\" in b.test; define it, or "
        "point at one that exists",
        "11: spool.path: 1 is no path; write a path; a relative one starts at the folder of this "
        "file",
        "12: smpt: there is no such section; did you mean smtp?"}},
  });
}

}  // namespace
}  // namespace sekisho::config
