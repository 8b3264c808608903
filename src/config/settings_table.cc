#include "config/settings_table.h"

#include <algorithm>
#include <type_traits>

#include "base/bytes.h"
#include "config/domain_name.h"
#include "config/endpoint.h"

namespace sekisho::config {
namespace {

using Target = SettingTarget;
using Mistake = std::string (*)(std::string_view);

// Which object of a target a member belongs to.
Config& owner(Target& t, const Config*) { return *t.config; }
Smtp& owner(Target& t, const Smtp*) { return t.config->smtp; }
Inspect& owner(Target& t, const Inspect*) { return t.config->inspect; }
Listener& owner(Target& t, const Listener*) { return *t.listener; }
Plan& owner(Target& t, const Plan*) { return *t.plan; }
AttachmentPolicy& owner(Target& t, const AttachmentPolicy*) { return t.plan->attachments; }
NextHop& owner(Target& t, const NextHop*) { return *t.next_hop; }
Domain& owner(Target& t, const Domain*) { return *t.domain; }
Mailbox& owner(Target& t, const Mailbox*) { return *t.mailbox; }

template <typename E>
ChoiceSlot choice_slot(E& value) {
  return {&value, [](void* at, size_t index) { *static_cast<E*>(at) = static_cast<E>(index); },
          [](const void* at) { return static_cast<size_t>(*static_cast<const E*>(at)); }};
}

// The action of a plan for one reason.
template <UnscannedReason kReason>
Slot for_reason(Target& t) {
  using Action = std::optional<UnscannedAction>;
  return ChoiceSlot{&t.plan->unscanned_for[static_cast<size_t>(kReason)],
                    [](void* at, size_t index) {
                      *static_cast<Action*>(at) = static_cast<UnscannedAction>(index);
                    },
                    [](const void* at) {
                      const Action& action = *static_cast<const Action*>(at);
                      return action ? static_cast<size_t>(*action) : kNoChoice;
                    }};
}

template <typename Class, typename Member>
Slot slot_at(Target& t, Member Class::*member) {
  Member& value = owner(t, static_cast<const Class*>(nullptr)).*member;
  if constexpr (std::is_enum_v<Member>)
    return choice_slot(value);
  else
    return &value;
}

template <auto kMember>
Slot in(Target& t) {
  return slot_at(t, kMember);
}

Slot nowhere(Target&) { return std::monostate(); }

std::string domain_mistake(std::string_view text) {
  return to_domain_name(text) ? "" : "is not the name of a domain; write it like mail.example.net";
}

std::string separator_mistake(std::string_view text) {
  constexpr std::string_view kAllowed = "+-_=#.~";
  if (text.empty() || (text.size() == 1 && kAllowed.find(text) != std::string_view::npos))
    return "";
  return "is no separator; write one of + - _ = # . ~ or \"\" for none";
}

std::string field_text_mistake(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.size() <= 200 && std::none_of(text.begin(), text.end(), control)) return "";
  return "holds a control character or more than 200 bytes, and can't go into a header field";
}

bool is_type_letter(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) ||
         std::string_view("-+._").find(c) != std::string_view::npos;
}

std::string extension_mistake(std::string_view text) {
  const bool fits = !text.empty() && text.size() <= kBlockedExtensionBytesMax &&
                    text.find('.') == std::string_view::npos &&
                    std::all_of(text.begin(), text.end(), is_type_letter);
  return fits ? "" : "is no extension; write it in small letters and without the dot, like exe";
}

std::string type_mistake(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string_view main = text.substr(0, slash);
  const std::string_view sub =
      text.substr(slash == std::string_view::npos ? text.size() : slash + 1);
  const auto is_word = [](std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), is_type_letter);
  };
  if (text.size() <= kBlockedTypeBytesMax && is_word(main) && (sub == "*" || is_word(sub)))
    return "";
  return "is no media type; write it in small letters, like application/zip or video/*";
}

// One function per type of row.

constexpr double kNoLimit = 1125899906842624.0;  // 1024 TB
constexpr double kDay = 86400;

template <typename Where>
Setting row(std::string_view section, std::string_view key, SettingType type, Where where,
            std::string_view doc) {
  Setting setting;
  setting.section = section;
  setting.key = key;
  setting.type = type;
  setting.slot = where;
  setting.doc = doc;
  return setting;
}

template <typename Where>
Setting text(std::string_view section, std::string_view key, Where where, Mistake mistake,
             std::string_view doc, SettingType type = SettingType::kText) {
  Setting setting = row(section, key, type, where, doc);
  setting.mistake = mistake;
  return setting;
}

template <typename Where>
Setting ranged(SettingType type, std::string_view section, std::string_view key, Where where,
               double min, double max, std::string_view doc) {
  Setting setting = row(section, key, type, where, doc);
  setting.min = min;
  setting.max = max;
  return setting;
}

template <typename Where>
Setting choice(std::string_view section, std::string_view key, Where where,
               std::string_view choices, std::string_view doc) {
  Setting setting = row(section, key, SettingType::kChoice, where, doc);
  setting.choices = choices;
  return setting;
}

Setting required(Setting setting) {
  setting.required = true;
  return setting;
}

using enum SettingType;

std::vector<Setting> server_rows() {
  return {
      row("", "domains", kPath, in<&Config::domains_folder>,
          "Folder with a file NAME.toml for each domain; other files in it are left out."),
      required(text("server", "hostname", in<&Config::hostname>, domain_mistake,
                    "Name in the greeting, EHLO and Received; what the MX record points at.")),
      choice("server", "log_format", in<&Config::log_format>, "logfmt|json",
             "How a log line is written."),
      text("server", "forward_next_hop", in<&Config::forward_next_hop>, nullptr,
           "Next hop of kind smtp for alias targets in domains that are not hosted here; without "
           "it such targets are mistakes."),
      ranged(kDuration, "server", "stop_grace", in<&Config::stop_grace>, 0, 3600,
             "How long a stop waits for messages under way; then their clients get 421."),
      choice("listener", "role", in<&Listener::role>, "mx",
             "What is spoken there; mx: mail from anywhere for the hosted domains."),
      required(text("listener", "address", in<&Listener::address>, listener_address_mistake,
                    "IP address and port to listen on; [::] is IPv6 alone, IPv4 is 0.0.0.0.")),
      text("listener", "proxy_protocol_from", in<&Listener::proxy_protocol_from>, network_mistake,
           "Addresses and networks of load balancers, which must send a PROXY header (v1 or v2).",
           kTextList),
      row("spool", "path", kPath, in<&Config::spool>,
          "Folder for messages on their way; the files in it have no names."),
      row("quarantine", "path", kPath, in<&Config::quarantine>,
          "Maildir that keeps quarantined messages."),
  };
}

std::vector<Setting> smtp_rows() {
  return {
      ranged(kNumber, "smtp", "connections_max", in<&Smtp::connections_max>, 1, 100000,
             "Connections at a time; one more is answered 421."),
      ranged(kNumber, "smtp", "connections_per_client_max", in<&Smtp::connections_per_client_max>,
             1, 100000, "The same for one client address."),
      ranged(kNumber, "smtp", "recipients_max", in<&Smtp::recipients_max>, 100, 1000,
             "Recipients of a message; one more is answered 452 (RFC 5321 §4.5.3.1.8)."),
      ranged(kNumber, "smtp", "errors_max", in<&Smtp::errors_max>, 1, 10000,
             "Bad commands and refused recipients until the connection is closed."),
      ranged(kNumber, "smtp", "commands_max", in<&Smtp::commands_max>, 10, 1000000,
             "Commands until the connection is closed."),
      ranged(kNumber, "smtp", "line_bytes_max", in<&Smtp::line_bytes_max>, 512, 65536,
             "Longest command line in bytes (RFC 5321 §4.5.3.1.4)."),
      ranged(kNumber, "smtp", "received_max", in<&Smtp::received_max>, 10, 1000,
             "Received fields in a message; more are a loop (RFC 5321 §6.3)."),
      ranged(
          kSize, "smtp", "message_bytes_max", in<&Smtp::message_bytes_max>, 65536,
          double(kMessageBytesMax),
          "Largest message, announced by SIZE (RFC 1870); at least 64 KB (RFC 5321 §4.5.3.1.7)."),
      choice("smtp", "bare_line_end", in<&Smtp::bare_line_end>, "reject|normalize",
             "A CR or LF of its own in a message (RFC 5321 §2.3.8): refuse it, or make it CRLF."),
      ranged(kDuration, "smtp", "command_timeout", in<&Smtp::command_timeout>, 1, kDay,
             "Wait for the next whole command (RFC 5321 §4.5.3.2.7: 5m)."),
      ranged(kDuration, "smtp", "data_timeout", in<&Smtp::data_timeout>, 1, kDay,
             "Wait for the next piece of a message (RFC 5321 §4.5.3.2.5: more than 3m)."),
      ranged(kNumber, "smtp", "body_rate_min", in<&Smtp::body_rate_min>, 0, 1000000000,
             "Bytes per second that a message must come with, on average and not counting a first "
             "data_timeout; 0: any."),
      ranged(kDuration, "smtp", "answer_timeout", in<&Smtp::answer_timeout>, 2, 3600,
             "From the end of a message to its answer, less than senders wait (RFC 5321 "
             "§4.5.3.2.6: 10m). A next hop that has not the whole message its own timeout before "
             "doesn't get it; the answer is 451."),
  };
}

std::vector<Setting> inspect_rows() {
  return {
      ranged(kNumber, "inspect", "workers", in<&Inspect::workers>, 0, 1024,
             "Inspecting processes; 0: one per core plus one."),
      ranged(kDuration, "inspect", "job_timeout", in<&Inspect::job_timeout>, 1, 3600,
             "Longest inspection of a message. It may be tried twice, while the sender waits for "
             "10m at most."),
      ranged(
          kNumber, "inspect", "queue_max", in<&Inspect::queue_max>, 1, 100000,
          "Messages that may wait for a worker. When so many wait, the next one is answered 451, "
          "and a new connection 421."),
      ranged(kDuration, "inspect", "queue_timeout", in<&Inspect::queue_timeout>, 1, 3600,
             "Longest wait for a free worker; then the answer is 451."),
      ranged(kDuration, "inspect", "start_timeout", in<&Inspect::start_timeout>, 1, 3600,
             "Longest loading of signatures and rules."),
      ranged(kDuration, "inspect", "watch_interval", in<&Inspect::watch_interval>, 0, kDay,
             "How often rule and signature files are looked at for changes, which are then loaded "
             "beside those in use; 0: never, only when told to."),
      ranged(kDuration, "inspect", "self_test_interval", in<&Inspect::self_test_interval>, 0, kDay,
             "How often each idle worker must find EICAR and read a letter; new ones do before "
             "they take mail. 0: only those."),
      row("inspect", "rules", kPathList, in<&Inspect::rules>,
          "Rule files (*.cf) and folders of them."),
      row("inspect", "signatures", kPathList, in<&Inspect::signatures>,
          "Folders of antivirus databases."),
      row("inspect", "scratch", kPath, in<&Inspect::scratch>,
          "Folder for decoded parts; without it the folder of the spool."),
      row("inspect", "allow_unscanned", kFlag, in<&Inspect::allow_unscanned>,
          "Start although neither rules nor signatures are there."),
      row("inspect", "allow_rule_errors", kFlag, in<&Inspect::allow_rule_errors>,
          "Start although rules have mistakes, without those rules."),
      choice("inspect", "sandbox", in<&Inspect::sandbox>, "require|prefer",
             "Whether workers run on a kernel that lacks a layer of the sandbox (Landlock)."),
      ranged(kSize, "inspect", "memory_bytes_max", in<&Inspect::memory_bytes_max>,
             double(256 << 20), kNoLimit,
             "Memory of a worker beyond signatures and rules; a message that needs more is "
             "unscanned."),
  };
}

// Without a value of their own, these do what `unscanned` says.
std::vector<Setting> unscanned_rows() {
  using enum UnscannedReason;
  constexpr std::string_view kActions = "defer|reject|quarantine|tag";
  constexpr std::string_view kUnreadActions = "defer|reject|quarantine";
  return {
      choice("plan", "unscanned_too_deep", for_reason<kTooDeep>, kActions,
             "Instead of unscanned: parts nested too deep."),
      choice("plan", "unscanned_too_many_parts", for_reason<kTooManyParts>, kActions,
             "Instead of unscanned: more parts than are looked at."),
      choice("plan", "unscanned_ambiguous", for_reason<kAmbiguous>, kActions,
             "Instead of unscanned: clients may read it in more ways than were looked at."),
      choice("plan", "unscanned_limit", for_reason<kLimit>, kActions,
             "Instead of unscanned: what it unpacks to is too large, too deep, too many files, or "
             "takes too long."),
      choice("plan", "unscanned_unsupported_archive", for_reason<kUnsupportedArchive>, kActions,
             "Instead of unscanned: an archive in a format that is not opened, like RAR."),
      choice("plan", "unscanned_engine_error", for_reason<kEngineError>, kActions,
             "Instead of unscanned: disk, memory or the antivirus failed."),
      choice("plan", "unscanned_timeout", for_reason<kTimeout>, kUnreadActions,
             "Instead of unscanned: not done within inspect.job_timeout, twice. Nothing of it is "
             "known then, so tag is not allowed; where unscanned is tag, it is deferred."),
      choice("plan", "unscanned_crash", for_reason<kCrash>, kUnreadActions,
             "The same for a message whose worker died, twice."),
      choice("plan", "poison", in<&Plan::poison>, "reject|quarantine",
             "What happens, for a day, to a message that ended three workers. No further one sees "
             "it."),
  };
}

std::vector<Setting> attachment_rows() {
  constexpr std::string_view kActions = "pass|tag|quarantine|reject";
  Setting extensions = text("plan", "blocked_extensions", in<&AttachmentPolicy::blocked_extensions>,
                            extension_mistake,
                            "Files that are refused by their names, in archives too, like "
                            "[\"lzh\", \"one\"].",
                            kTextList);
  extensions.max = double(kBlockedExtensionsMax);
  Setting types = text("plan", "blocked_types", in<&AttachmentPolicy::blocked_types>, type_mistake,
                       "Files that are refused by their content, whatever their names, like "
                       "[\"video/*\", \"application/x-rar\"].",
                       kTextList);
  types.max = double(kBlockedTypesMax);
  return {
      choice("plan", "encrypted_attachments", in<&AttachmentPolicy::encrypted>, kActions,
             "Archives and documents with a password. This alone decides on them, not unscanned; "
             "what else could not be looked at in the message is still unscanned."),
      choice("plan", "executable_attachments", in<&AttachmentPolicy::executable>, kActions,
             "Programs, scripts, shortcuts and images of disks, by content or name, in archives "
             "too."),
      choice("plan", "macro_attachments", in<&AttachmentPolicy::macro>, kActions,
             "Office documents that bring macros, and OneNote sections."),
      choice("plan", "deceptive_names", in<&AttachmentPolicy::deceptive_name>, kActions,
             "Names made to hide what a file is, like \"invoice.pdf.exe\"."),
      extensions,
      types,
      choice("plan", "language", in<&AttachmentPolicy::language>, "en|ja",
             "Of what senders and recipients are told about attachments. In replies Japanese is "
             "in Latin letters: SMTP has ASCII only (RFC 6531 §3.7.4)."),
  };
}

std::vector<Setting> plan_rows() {
  return {
      choice("plan", "spam", in<&Plan::spam>, "off|tag|quarantine|reject",
             "What happens to suspected spam."),
      ranged(kDecimal, "plan", "spam_threshold", in<&Plan::spam_threshold>, 0.1, 1000,
             "Score from which on a message is suspected."),
      choice("plan", "virus", in<&Plan::virus>, "reject|quarantine|discard",
             "What happens to an infected message; it is never delivered."),
      choice("plan", "unscanned", in<&Plan::unscanned>, "defer|reject|quarantine|tag",
             "What happens to a message that could not be inspected whole. Of several reasons the "
             "strictest action counts: reject, defer, quarantine, tag."),
      text("plan", "subject_tag", in<&Plan::subject_tag>, field_text_mistake,
           "Put before the Subject of suspected spam, like \"[SPAM] \"."),
      ranged(kSize, "plan", "message_bytes_max", in<&Plan::message_bytes_max>, 1024,
             double(kMessageBytesMax), "Largest message; can only lower the 100 MB of the server."),
      ranged(kSize, "plan", "mailbox_bytes_max", in<&Plan::mailbox_bytes_max>, 0, kNoLimit,
             "Size of a mailbox in a Maildir store; 0: no limit."),
      ranged(kNumber, "plan", "aliases_per_mailbox_max", in<&Plan::aliases_per_mailbox_max>, 0,
             100000, "Aliases that may point straight at one mailbox."),
  };
}

std::vector<Setting> next_hop_rows() {
  return {
      required(choice("next_hop", "kind", in<&NextHop::kind>, "maildir|lmtp|smtp",
                      "How mail is handed on.")),
      required(text(
          "next_hop", "address", in<&NextHop::address>, nullptr,
          "lmtp and smtp: HOST:PORT or unix:/PATH; maildir: the folder to keep the mailboxes in.")),
      ranged(kDuration, "next_hop", "timeout", in<&NextHop::timeout>, 1, 3600,
             "Longest wait for one reply; less than smtp.answer_timeout, within which all of it "
             "must be over."),
      ranged(kDuration, "next_hop", "connect_timeout", in<&NextHop::connect_timeout>, 1, 3600,
             "Longest wait for a connection."),
      ranged(kNumber, "next_hop", "connections_max", in<&NextHop::connections_max>, 1, 10000,
             "Connections at a time."),
  };
}

std::vector<Setting> domain_rows() {
  return {
      text("domain", "name", in<&Domain::name>, domain_mistake,
           "The domain; in a domain file by default the name of the file. Any setting of a plan "
           "may stand beside it."),
      text("domain", "plan", in<&Domain::plan_name>, nullptr,
           "What the customer has bought: a [plan.NAME], or standard."),
      required(text("domain", "administrator", in<&Domain::administrator>, address_mistake,
                    "Mailbox or address that gets postmaster@ and nobody@ (RFC 5321 §4.5.1).")),
      text("domain", "catch_all", in<&Domain::catch_all>, address_mistake,
           "Mailbox or address that gets every name not listed."),
      text("domain", "next_hop", in<&Domain::next_hop>, nullptr,
           "Where the mail goes: a [next_hop.NAME]."),
      row("domain", "accept_any_local", kFlag, in<&Domain::accept_any_local>,
          "Pass every name without @, % or ! on to the next hop, which knows the mailboxes; not "
          "for "
          "maildir."),
      text("domain", "subaddress_separator", in<&Domain::subaddress_separator>, separator_mistake,
           "user+tag is delivered to user (RFC 5233); \"\" for none.", kCharacter),
      row("domain", "case_sensitive_local", kFlag, in<&Domain::case_sensitive_local>,
          "Alice and alice are two names (RFC 5321 §2.4)."),
      row("domain", "mailboxes", kMailboxes, nowhere,
          "List of names, or a table NAME = {settings of a mailbox}."),
      row("domain", "aliases", kAliases, nowhere,
          "Table NAME = TARGET or NAME = [TARGETS]; a target is a name of the domain or an "
          "address."),
      ranged(kSize, "mailbox", "bytes_max", in<&Mailbox::bytes_max>, 0, kNoLimit,
             "Size of this mailbox instead of the mailbox_bytes_max of its plan; 0: no limit."),
  };
}

}  // namespace

std::vector<Setting> settings_table() {
  std::vector<Setting> table;
  for (auto rows : {server_rows, smtp_rows, inspect_rows, plan_rows, unscanned_rows,
                    attachment_rows, next_hop_rows, domain_rows})
    for (Setting& setting : rows()) table.push_back(std::move(setting));
  return table;
}

}  // namespace sekisho::config
