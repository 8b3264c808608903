// config/config.h: what the administrator set: server, plans, next hops, domains.
//
// One TOML file and a folder of domain files become one Config. Reading never stops at the first
// mistake:
//   LoadedConfig loaded = load_config("/etc/sekisho/sekisho.toml");
//   for (const ConfigError& e : loaded.errors) std::cerr << e.text() << '\n';
//   if (loaded.errors.empty()) serve(loaded.config);
// A Config whose errors are not empty must not be used to serve. The names, ranges and meanings of
// all settings stand in one table, settings.h.
//
// Spelling in a loaded Config: domains are lower-case A-labels (RFC 5890), local parts are unquoted
// and as the administrator wrote them, paths are absolute, references (plan, next hop, mailbox)
// exist.
//
// Memory: the files' content, once; a file is at most 64 MiB.  Process: front, and the command
// line. Lifetime: plain values; whoever points into a Config (route::Router) must not outlive it.
// Threads: read-only after loading, so any.
// Broken input: reported as ConfigError with file and line.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "config/attachments.h"
#include "config/unscanned.h"

namespace sekisho::config {

constexpr uint64_t kMessageBytesMax = 104857600;  // 100 MB, announced by SIZE; plans only lower it
constexpr uint64_t kMailboxBytesMax = uint64_t{384} << 20;  // 384 MiB

enum class SpamAction { kOff, kTag, kQuarantine, kReject };
enum class VirusAction { kReject, kQuarantine, kDiscard };
enum class PoisonAction { kReject, kQuarantine };
enum class BareLineEnd { kReject, kNormalize };
enum class SandboxNeed { kRequire, kPrefer };

// What a customer has bought; a domain may override each of it.
struct Plan {
  std::string name;
  SpamAction spam = SpamAction::kTag;
  double spam_threshold = 5.0;
  VirusAction virus = VirusAction::kReject;
  UnscannedAction unscanned = UnscannedAction::kDefer;
  UnscannedActions unscanned_for = {};  // by reason, instead of `unscanned`
  PoisonAction poison = PoisonAction::kReject;
  AttachmentPolicy attachments;
  std::string subject_tag;  // "" = none, e.g. "[SPAM] "
  uint64_t message_bytes_max = kMessageBytesMax;
  uint64_t mailbox_bytes_max = kMailboxBytesMax;  // 0: no limit
  size_t aliases_per_mailbox_max = 9;
};

struct NextHop {
  enum class Kind { kMaildir, kLmtp, kSmtp };

  std::string name;
  Kind kind = Kind::kMaildir;
  std::string address;  // "127.0.0.1:24", "[::1]:24", "mail.example.net:25", "unix:/path";
                        // kMaildir: root folder
  std::chrono::seconds timeout{300};         // longest wait for one reply; less than answer_timeout
  std::chrono::seconds connect_timeout{30};  // until the connection stands
  unsigned connections_max = 20;

  bool operator==(const NextHop&) const = default;
};

struct Mailbox {
  std::optional<uint64_t> bytes_max;  // instead of the plan's mailbox_bytes_max; 0: no limit
  unsigned line = 0;
};

struct Alias {
  std::vector<std::string> targets;  // "local" of the same domain, or "local@domain"
  unsigned line = 0;
};

struct Domain {
  std::string name;  // lower-case A-label
  std::string plan_name = "standard";
  Plan plan;                             // the plan with this domain's overrides
  std::string administrator;             // "local" or "local@domain"; gets postmaster@ and nobody@
  std::optional<std::string> catch_all;  // "local" or "local@domain"
  std::string next_hop = "store";
  bool accept_any_local = false;  // relay domain: the next hop knows the mailboxes
  std::optional<char> subaddress_separator = '+';
  bool case_sensitive_local = false;  // RFC 5321 §2.4 lets the host decide
  std::map<std::string, Mailbox> mailboxes;
  std::map<std::string, Alias> aliases;
  std::string file;  // where it is defined, for errors
  unsigned line = 0;
};

struct Listener {
  enum class Role { kMx };

  Role role = Role::kMx;
  std::string address;                           // "0.0.0.0:25", "[::]:25"; port 0: any free one
  std::vector<std::string> proxy_protocol_from;  // addresses or networks (CIDR)

  bool operator==(const Listener&) const = default;
};

struct Smtp {
  size_t connections_max = 1000;
  size_t connections_per_client_max = 50;
  size_t recipients_max = 200;  // RFC 5321 §4.5.3.1.8: at least 100
  size_t errors_max = 20;
  size_t commands_max = 1000;
  size_t line_bytes_max = 2048;  // a command line with its CRLF; RFC 5321 §4.5.3.1.4: at least 512
  size_t received_max = 50;      // more Received fields: a loop, 554 5.4.6 (RFC 5321 §6.3)
  uint64_t message_bytes_max = kMessageBytesMax;
  BareLineEnd bare_line_end = BareLineEnd::kReject;
  std::chrono::seconds command_timeout{300};  // RFC 5321 §4.5.3.2.7
  std::chrono::seconds data_timeout{300};     // between two pieces of a body
  size_t body_rate_min = 1000;  // bytes/s of a body on average, after a first data_timeout; 0: any
  // From a message's end to our answer. A sender waits 10 minutes (RFC 5321 §4.5.3.2.6) and repeats
  // a message that got none. A next hop gets the final dot only while its whole timeout is left.
  std::chrono::seconds answer_timeout{540};
};

struct Inspect {
  size_t workers = 0;  // 0: cores + 1
  // A job is tried twice, each time after a wait for a worker: 4 minutes at worst by default. What
  // is left of Smtp::answer_timeout is the delivery's.
  std::chrono::seconds job_timeout{90};
  size_t queue_max = 500;                        // jobs that wait for a worker
  std::chrono::seconds queue_timeout{30};        // a job that no worker took by then is 451
  std::chrono::seconds start_timeout{300};       // to load signatures and rules
  std::chrono::seconds watch_interval{60};       // between looks for changed ones; 0: never
  std::chrono::seconds self_test_interval{300};  // of each idle worker; 0: when it loads only
  std::vector<std::filesystem::path> rules{"/usr/share/sekisho/rules"};
  std::vector<std::filesystem::path> signatures{"/var/lib/clamav", "/usr/share/sekisho/signatures"};
  std::filesystem::path scratch;   // where decoded parts are written; not set: the spool's folder
  bool allow_unscanned = false;    // start without any signature or rule
  bool allow_rule_errors = false;  // start without the rules that have mistakes
  SandboxNeed sandbox = SandboxNeed::kRequire;  // prefer: also where the kernel lacks Landlock
  uint64_t memory_bytes_max = 2ull << 30;       // of a worker, beyond signatures and rules
};

struct Config {
  std::string hostname;  // of EHLO, greeting and Received
  LogFormat log_format = LogFormat::kLogfmt;
  std::string
      forward_next_hop;  // for alias targets that are not hosted here; "" = none are allowed
  std::chrono::seconds stop_grace{30};  // for messages under way, when the server is told to stop
  std::filesystem::path domains_folder;
  std::filesystem::path spool{"/var/lib/sekisho/spool"};
  std::filesystem::path quarantine{"/var/lib/sekisho/quarantine"};
  std::vector<Listener> listeners;
  Smtp smtp;
  Inspect inspect;
  std::map<std::string, Plan> plans;  // "standard" is always there
  std::map<std::string, NextHop> next_hops;
  std::vector<Domain> domains;  // the first one is the primary domain: bare <postmaster> goes there
};

// One mistake: where, what, and what to do.
struct ConfigError {
  std::string file;
  unsigned line = 0;  // 0: the file as a whole
  std::string what;

  std::string text() const;  // "file:line: what"
};

struct LoadedConfig {
  Config config;
  std::vector<ConfigError> errors;  // in the order of files and lines
};

// The main file and the domain files beside it.
LoadedConfig load_config(const std::filesystem::path& file);

// The same for text in memory. `file_name` is for errors; relative paths start at `base_folder`.
LoadedConfig parse_config(std::string_view text, std::string file_name,
                          const std::filesystem::path& base_folder);

// The TOML text of a complete small server that keeps everything below `var`: MX on 127.0.0.1:2525,
// domain example.test with an administrator (admin), two mailboxes, an alias, a catch-all, Maildir
// store.
std::string embedded_default(const std::filesystem::path& var, const std::filesystem::path& rules,
                             const std::filesystem::path& signatures);

}  // namespace sekisho::config
