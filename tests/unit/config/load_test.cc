// What a configuration without mistakes becomes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/endpoint.h"
#include "config_text.h"

namespace sekisho::config {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

Config load_good(std::string_view lines) {
  LoadedConfig loaded = parse_lines(lines);
  EXPECT_EQ(error_texts(loaded), std::vector<std::string>());
  return std::move(loaded.config);
}

TEST(Load, DefaultsHoldWhereNothingIsSet) {
  const Config config = load_good("");
  EXPECT_EQ(config.hostname, "mx.example.test");
  EXPECT_EQ(config.smtp.recipients_max, 200U);
  EXPECT_EQ(config.smtp.message_bytes_max, 104857600U);
  EXPECT_EQ(config.smtp.command_timeout, seconds(300));
  EXPECT_EQ(config.smtp.bare_line_end, BareLineEnd::kReject);
  EXPECT_EQ(config.inspect.workers, 0U);
  EXPECT_FALSE(config.inspect.allow_unscanned);
  EXPECT_EQ(config.inspect.scratch, config.spool);
  ASSERT_EQ(config.domains.size(), 1U);
  EXPECT_EQ(config.domains[0].plan.name, "standard");
  EXPECT_EQ(config.domains[0].plan.mailbox_bytes_max, uint64_t{384} << 20);
  EXPECT_EQ(config.domains[0].subaddress_separator, '+');
  EXPECT_EQ(config.domains[0].file, "sekisho.toml");
}

TEST(Load, ServerAndListeners) {
  const Config config = load_good(R"([server]
hostname = "MX.Example.test"
log_format = "json"
[[listener]]
role = "mx"
address = "0.0.0.0:25"
proxy_protocol_from = ["192.0.2.0/24", "::1"]
[[listener]]
address = "[::]:25"
)");
  EXPECT_EQ(config.hostname, "mx.example.test");
  EXPECT_EQ(config.log_format, LogFormat::kJson);
  ASSERT_EQ(config.listeners.size(), 2U);
  EXPECT_THAT(config.listeners[0].proxy_protocol_from, ElementsAre("192.0.2.0/24", "::1"));
  EXPECT_EQ(config.listeners[1].address, "[::]:25");
}

TEST(Load, LimitsSizesAndDurations) {
  const Config config = load_good(R"([smtp]
recipients_max = 1000
message_bytes_max = "20 MB"
bare_line_end = "normalize"
command_timeout = "30s"
[inspect]
workers = 3
job_timeout = "2m"
allow_unscanned = true
)");
  EXPECT_EQ(config.smtp.recipients_max, 1000U);
  EXPECT_EQ(config.smtp.message_bytes_max, 20U << 20);
  EXPECT_EQ(config.smtp.bare_line_end, BareLineEnd::kNormalize);
  EXPECT_EQ(config.smtp.command_timeout, seconds(30));
  EXPECT_EQ(config.inspect.workers, 3U);
  EXPECT_EQ(config.inspect.job_timeout, seconds(120));
  EXPECT_TRUE(config.inspect.allow_unscanned);
}

TEST(Load, RelativePathsStartAtTheFolderOfTheFile) {
  const Config config = load_good(R"([spool]
path = "spool/../var/spool"
[quarantine]
path = "/var/quarantine"
[inspect]
rules = ["../../usr", "/etc"]
scratch = "tmp"
[next_hop.store]
kind = "maildir"
address = "mail"
)");
  EXPECT_EQ(config.spool, "/etc/sekisho/var/spool");
  EXPECT_EQ(config.quarantine, "/var/quarantine");
  EXPECT_THAT(config.inspect.rules, ElementsAre("/usr", "/etc"));
  EXPECT_EQ(config.inspect.scratch, "/etc/sekisho/tmp");
  EXPECT_EQ(config.next_hops.at("store").address, "/etc/sekisho/mail");
}

TEST(Load, DomainOverridesItsPlan) {
  const Config config = load_good(R"([plan.gold]
spam = "reject"
spam_threshold = 7
message_bytes_max = "10 MB"
[plan.standard]
virus = "quarantine"
[[domain]]
name = "gold.test"
plan = "gold"
administrator = "admin"
mailboxes = ["admin"]
spam = "quarantine"
subject_tag = "[SPAM] "
[[domain]]
name = "plain.test"
administrator = "admin@gold.test"
)");
  const Plan& gold = config.domains[0].plan;
  EXPECT_EQ(gold.name, "gold");
  EXPECT_EQ(gold.spam, SpamAction::kQuarantine);
  EXPECT_EQ(gold.spam_threshold, 7.0);
  EXPECT_EQ(gold.message_bytes_max, 10U << 20);
  EXPECT_EQ(gold.subject_tag, "[SPAM] ");
  EXPECT_EQ(config.plans.at("gold").spam, SpamAction::kReject);
  EXPECT_EQ(config.domains[1].plan.virus, VirusAction::kQuarantine);
}

TEST(Load, ActionsForWhatIsUnscanned) {
  const Config config = load_good(R"([plan.standard]
unscanned = "tag"
unscanned_too_deep = "reject"
unscanned_crash = "quarantine"
poison = "quarantine"
[[domain]]
name = "plain.test"
administrator = "admin"
mailboxes = ["admin"]
unscanned = "quarantine"
unscanned_limit = "defer"
)");
  using enum UnscannedReason;
  const auto on = [](const Plan& plan, UnscannedReason reason) {
    return action_on(reason, plan.unscanned, plan.unscanned_for);
  };
  const Plan& standard = config.plans.at("standard");
  EXPECT_EQ(on(standard, kAmbiguous), UnscannedAction::kTag);
  EXPECT_EQ(on(standard, kTooDeep), UnscannedAction::kReject);
  EXPECT_EQ(on(standard, kCrash), UnscannedAction::kQuarantine);
  EXPECT_EQ(on(standard, kTimeout), UnscannedAction::kDefer);  // never delivered unread
  EXPECT_EQ(standard.poison, PoisonAction::kQuarantine);
  const Plan& domain = config.domains[0].plan;
  EXPECT_EQ(on(domain, kAmbiguous), UnscannedAction::kQuarantine);
  EXPECT_EQ(on(domain, kLimit), UnscannedAction::kDefer);
  EXPECT_EQ(on(domain, kTooDeep), UnscannedAction::kReject);  // the plan's word for it
  EXPECT_EQ(on(domain, kTimeout), UnscannedAction::kQuarantine);
}

TEST(Load, ActionsForAttachments) {
  const Config config = load_good(R"([plan.standard]
encrypted_attachments = "quarantine"
blocked_extensions = ["lzh", "7z"]
blocked_types = ["video/*"]
[[domain]]
name = "plain.test"
administrator = "admin"
mailboxes = ["admin"]
executable_attachments = "pass"
language = "ja"
)");
  const AttachmentPolicy& domain = config.domains[0].plan.attachments;
  EXPECT_EQ(domain.encrypted, AttachmentAction::kQuarantine);
  EXPECT_EQ(domain.executable, AttachmentAction::kPass);
  EXPECT_EQ(domain.blocked_types, std::vector<std::string>{"video/*"});
  EXPECT_EQ(domain.language, Language::kJapanese);
  EXPECT_EQ(config.plans.at("standard").attachments.language, Language::kEnglish);
}

TEST(Load, NextHops) {
  const Config config = load_good(R"([next_hop.store]
kind = "lmtp"
address = "unix:/run/dovecot/lmtp"
timeout = "1m"
connections_max = 5
[next_hop.outside]
kind = "smtp"
address = "mail.example.net:25"
)");
  const NextHop& store = config.next_hops.at("store");
  EXPECT_EQ(store.name, "store");
  EXPECT_EQ(store.kind, NextHop::Kind::kLmtp);
  EXPECT_EQ(store.address, "unix:/run/dovecot/lmtp");
  EXPECT_EQ(store.timeout, seconds(60));
  EXPECT_EQ(store.connections_max, 5U);
  EXPECT_EQ(config.next_hops.at("outside").kind, NextHop::Kind::kSmtp);
}

TEST(Load, MailboxesAsListOrAsTable) {
  const Config config = load_good(R"([[domain]]
name = "list.test"
administrator = "Admin"
mailboxes = ["Admin", "john doe"]
[[domain]]
name = "table.test"
administrator = "admin"
subaddress_separator = ""
[domain.mailboxes]
admin = {}
"big.box" = {bytes_max = "2 GB"}
[domain.aliases]
info = "admin"
sales = ["admin", "john doe@list.test"]
)");
  EXPECT_TRUE(config.domains[0].mailboxes.contains("john doe"));
  const Domain& table = config.domains[1];
  EXPECT_EQ(table.mailboxes.at("big.box").bytes_max, uint64_t{2} << 30);
  EXPECT_EQ(table.mailboxes.at("admin").bytes_max, std::nullopt);
  EXPECT_EQ(table.mailboxes.at("admin").line, 10U);
  EXPECT_EQ(table.subaddress_separator, std::nullopt);
  EXPECT_THAT(table.aliases.at("info").targets, ElementsAre("admin"));
  EXPECT_THAT(table.aliases.at("sales").targets, ElementsAre("admin", "john doe@list.test"));
}

TEST(Load, DomainNamesBecomeALabels) {
  const Config config = load_good(R"([[domain]]
name = "日本.example"
administrator = "admin@日本.example"
mailboxes = ["admin"]
)");
  EXPECT_EQ(config.domains[0].name, "xn--wgv71a.example");
}

TEST(Load, EmbeddedDefaultIsWhole) {
  const std::string text = embedded_default("/srv/my \"var\"", "/usr", "/etc");
  const LoadedConfig loaded = parse_config(text, "embedded", "/nowhere");
  EXPECT_EQ(error_texts(loaded), std::vector<std::string>());
  const Config& config = loaded.config;
  EXPECT_EQ(config.hostname, "mx.example.test");
  EXPECT_EQ(config.listeners.at(0).address, "127.0.0.1:2525");
  EXPECT_EQ(config.spool, "/srv/my \"var\"/spool");
  EXPECT_EQ(config.quarantine, "/srv/my \"var\"/quarantine");
  EXPECT_EQ(config.next_hops.at("store").address, "/srv/my \"var\"/mail");
  EXPECT_THAT(config.inspect.signatures, ElementsAre("/var/lib/clamav", "/etc"));
  const Domain& domain = config.domains.at(0);
  EXPECT_EQ(domain.name, "example.test");
  EXPECT_EQ(domain.mailboxes.size(), 3U);
  EXPECT_EQ(domain.administrator, "admin");
  EXPECT_EQ(domain.catch_all, "admin");
  EXPECT_THAT(domain.aliases.at("sales").targets, ElementsAre("alice", "hanako"));
}

}  // namespace
}  // namespace sekisho::config
