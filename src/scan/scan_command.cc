#include "scan/scan_command.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "inspect/inspector_process.h"
#include "inspect/job.h"
#include "inspect/verdict.h"
#include "scan/message_source.h"
#include "scan/temporary_folder.h"
#include "worker/pool.h"

namespace sekisho::scan {
namespace {

using nlohmann::ordered_json;

enum ExitStatus { kClean = 0, kFound = 1, kFailed = 2 };

size_t worker_count() { return std::max(1u, std::thread::hardware_concurrency()); }

inspect::InspectorSetup setup_of(const ScanOptions& options, const std::filesystem::path& unpack,
                                 const std::filesystem::path& scratch) {
  inspect::InspectorSetup setup;
  if (!options.no_rules) {
    if (options.rules.empty()) setup.rules.emplace_back(options.shipped_rules);
    for (const std::string& path : options.rules) setup.rules.emplace_back(path);
  }
  if (!options.no_antivirus) {
    if (options.signatures.empty())
      setup.signatures = {"/var/lib/clamav", options.shipped_signatures};
    for (const std::string& path : options.signatures) setup.signatures.emplace_back(path);
  }
  setup.scratch = scratch;
  setup.unpack = unpack;
  setup.workers = worker_count();
  return setup;
}

// What is wrong with where the message stands, beside what is wrong with it.
std::vector<std::string> defects_of(const Message& message, const inspect::Verdict& verdict) {
  std::vector<std::string> defects(verdict.findings.defects.begin(),
                                   verdict.findings.defects.end());
  for (const std::string_view name : box_defects(message)) defects.emplace_back(name);
  return defects;
}

// The message's verdict as one line.
std::string json_line(const Message& message, const inspect::Verdict& verdict, double threshold) {
  const inspect::Findings& found = verdict.findings;
  ordered_json hits = ordered_json::array();
  for (const inspect::ScoredHit& hit : found.hits)
    hits.push_back({{"rule", hit.rule}, {"score", hit.score}});
  ordered_json uris = ordered_json::array();
  for (const inspect::SeenUri& seen : found.uris)
    uris.push_back({{"uri", seen.uri}, {"domain", seen.domain}});
  const ordered_json line{{"path", message.path},
                          {"index", message.index},
                          {"message_id", found.message_id},
                          {"from", found.from},
                          {"subject", found.subject},
                          {"size", message.bytes},
                          {"action", action_name(verdict.decisions.front().action)},
                          {"score", found.score},
                          {"threshold", threshold},
                          {"hits", hits},
                          {"virus", found.viruses},
                          {"unscanned", found.unscanned},
                          {"attachments", found.attachments},
                          {"defects", defects_of(message, verdict)},
                          {"uris", uris}};
  return line.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string text_line(const Message& message, const inspect::Verdict& verdict, double threshold) {
  const inspect::Findings& found = verdict.findings;
  std::string what = "clean";
  if (!found.viruses.empty())
    what = fmt::format("virus {}", fmt::join(found.viruses, ","));
  else if (!found.unscanned.empty())
    what = fmt::format("unscanned {}", fmt::join(found.unscanned, ","));
  else if (found.score >= threshold)
    what = "spam";
  std::string line = fmt::format("{}#{}: {} score={:.1f}/{:.1f}", message.path, message.index, what,
                                 found.score, threshold);
  for (const inspect::ScoredHit& hit : found.hits) line += " " + hit.rule;
  return line;
}

// Keeps the workers busy and prints in the order of the input.
class Scan {
 public:
  Scan(const ScanOptions& options, worker::Pool& pool)
      : options_(options),
        pool_(pool),
        source_(options.paths, options.mbox_form),
        policy_(scan_policy(options)) {}

  int run() {
    for (;;) {
      fill();
      print_done();
      if (pending_.empty()) {
        if (ended_) break;
        continue;  // all that was asked for is answered, but there is more to ask
      }
      wait();
    }
    if (!std::cout.flush()) {
      std::cerr << "sekisho: standard output can't be written\n";
      failed_ = true;
    }
    if (source_.errors() > 0 || failed_) return kFailed;
    return found_ ? kFound : kClean;
  }

 private:
  struct Pending {
    Message message;
    std::optional<Result<std::string>> reply;
  };

  static inspect::Policy scan_policy(const ScanOptions& options) {
    inspect::Policy policy;
    policy.spam_threshold = options.threshold;
    return policy;
  }

  void fill() {
    while (!ended_ && pending_.size() < 2 * worker_count()) {
      auto message = source_.next();
      if (!message) {
        ended_ = true;
        return;
      }
      const auto pending = std::make_shared<Pending>(Pending{std::move(*message), std::nullopt});
      pending_.push_back(pending);
      const inspect::Job job{pending->message.bytes, {}, {}, {}, {policy_}};
      pool_.submit(to_text(job), pending->message.fd.get(),
                   [pending](Result<std::string> reply) { pending->reply = std::move(reply); });
    }
  }

  void print_done() {
    while (!pending_.empty() && pending_.front()->reply) {
      print(*pending_.front());
      pending_.pop_front();
    }
  }

  void print(const Pending& pending) {
    const auto verdict = *pending.reply ? inspect::parse_verdict(**pending.reply)
                                        : Result<inspect::Verdict>(pending.reply->error());
    if (!verdict || verdict->decisions.empty()) {
      std::cerr << "sekisho: " << pending.message.path << "#" << pending.message.index << ": "
                << (verdict ? "no decision" : verdict.error().message) << '\n';
      failed_ = true;
      return;
    }
    const inspect::Findings& found = verdict->findings;
    found_ |=
        !found.viruses.empty() || !found.unscanned.empty() || found.score >= options_.threshold;
    std::cout << (options_.format == OutputFormat::kJson
                      ? json_line(pending.message, *verdict, options_.threshold)
                      : text_line(pending.message, *verdict, options_.threshold))
              << '\n';
  }

  void wait() {
    if (!pending_.front()->reply) {
      int timeout_ms = -1;
      if (const auto next = pool_.next_timeout()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            *next - std::chrono::steady_clock::now());
        timeout_ms = static_cast<int>(std::clamp<long>(left.count() + 1, 0, 60000));
      }
      pollfd event{pool_.event_fd(), POLLIN, 0};
      ::poll(&event, 1, timeout_ms);
      pool_.dispatch();
    }
  }

  const ScanOptions& options_;
  worker::Pool& pool_;
  MessageSource source_;
  inspect::Policy policy_;
  std::deque<std::shared_ptr<Pending>> pending_;
  bool ended_ = false;
  bool found_ = false;
  bool failed_ = false;
};

}  // namespace

void add_options(CLI::App& command, ScanOptions& options) {
  command
      .add_option("paths", options.paths,
                  "files, mboxes, Maildirs, folders, or - for standard input")
      ->required();
  command.add_option("--signatures", options.signatures,
                     "folder of ClamAV signatures (repeatable)");
  command.add_option("--rules", options.rules, "file or folder of rules (repeatable)");
  command.add_flag("--no-rules", options.no_rules, "without rules");
  command.add_flag("--no-av", options.no_antivirus, "without antivirus");
  command.add_option("--threshold", options.threshold, "score from which a message is spam")
      ->capture_default_str();
  add_mbox_form(command, options.mbox_form);
  const std::map<std::string, OutputFormat> formats{{"text", OutputFormat::kText},
                                                    {"json", OutputFormat::kJson}};
  command.add_option("--format", options.format, "text or json")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case));
}

void add_mbox_form(CLI::App& command, mail::MboxForm& form) {
  using mail::MboxForm;
  const std::map<std::string, MboxForm> forms{{"any", MboxForm::kAny},
                                              {"mboxo", MboxForm::kO},
                                              {"mboxrd", MboxForm::kRd},
                                              {"mboxcl", MboxForm::kCl},
                                              {"mboxcl2", MboxForm::kCl2}};
  command
      .add_option("--mbox-form", form,
                  "mboxo, mboxrd, mboxcl, mboxcl2, or any: as each message looks")
      ->transform(CLI::CheckedTransformer(forms));
}

int run(const ScanOptions& options) {
  if (options.no_rules && options.no_antivirus) {
    std::cerr << "sekisho: --no-rules and --no-av together scan nothing\n";
    return kFailed;
  }
  const TemporaryFolder unpack{"/dev/shm", "/tmp"};
  const TemporaryFolder scratch{"/var/tmp", "/tmp"};
  worker::PoolOptions pool_options;
  pool_options.argv = {"/proc/self/exe", "inspector"};
  pool_options.setup = to_text(setup_of(options, unpack.path(), scratch.path()));
  pool_options.job_timeout = std::chrono::minutes(10);
  pool_options.queue_timeout = std::chrono::hours(1);
  worker::Pool pool(std::move(pool_options), system_clock());
  if (const auto ready = pool.start(); !ready) {
    std::cerr << "sekisho: " << ready.error().message << '\n';
    return kFailed;
  }
  return Scan(options, pool).run();
}

}  // namespace sekisho::scan
