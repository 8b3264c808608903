#include "inspect/inspector_process.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <thread>

#include "antivirus/engine.h"
#include "base/file.h"
#include "base/log.h"
#include "inspect/pipeline.h"
#include "inspect/policy.h"
#include "rules/rule_set.h"
#include "worker/check_sandbox.h"
#include "worker/prefork.h"
#include "worker/sandbox.h"

namespace sekisho::inspect {
namespace {

using nlohmann::json;

struct Engines {
  std::shared_ptr<const rules::RuleSet> rules;
  std::unique_ptr<antivirus::Engine> antivirus;
};

std::vector<std::string> texts(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::string> out;
  for (const auto& path : paths) out.push_back(path.string());
  return out;
}

std::vector<std::filesystem::path> paths(const json& list) {
  std::vector<std::filesystem::path> out;
  for (const auto& item : list) out.emplace_back(item.get<std::string>());
  return out;
}

Result<void> load_rules(const InspectorSetup& setup, Engines& engines) {
  if (setup.rules.empty()) return {};
  std::vector<rules::RuleError> errors;
  engines.rules = rules::RuleSet::load(setup.rules, errors);
  const rules::RuleError* mistake = nullptr;
  for (const rules::RuleError& error : errors) {
    log_warning("rule", {{"file", error.file}, {"line", error.line}, {"what", error.what}});
    if (mistake == nullptr && error.kind == rules::RuleError::Kind::kError) mistake = &error;
  }
  if (mistake != nullptr && !setup.allow_rule_errors)
    return Error{fmt::format("{}:{}: {} (inspect.allow_rule_errors loads the others)",
                             mistake->file, mistake->line, mistake->what)};
  if (engines.rules && engines.rules->size() > 0) return {};
  engines.rules.reset();
  if (setup.allow_unscanned) return {};
  return Error{fmt::format("no rule was loaded from {} (inspect.allow_unscanned starts without)",
                           fmt::join(texts(setup.rules), ", "))};
}

Result<void> load_signatures(const InspectorSetup& setup, Engines& engines) {
  if (setup.signatures.empty()) return {};
  antivirus::EngineOptions options;
  options.scratch = setup.unpack;
  // The walk has its share; and a job that ends by itself costs no worker.
  options.scan_timeout = std::chrono::milliseconds(setup.cpu_seconds_max * 1000 * 2 / 3);
  auto engine = antivirus::Engine::load(setup.signatures, options);
  const bool nothing_there = !engine && engine.error().code == ENOENT;
  if (nothing_there && !setup.allow_unscanned)
    return Error{engine.error().message + " (inspect.allow_unscanned starts without)"};
  if (nothing_there) {
    log_warning("no antivirus", {{"error", engine.error().message}});
    return {};
  }
  if (!engine) return engine.error();
  antivirus::warm_up();
  if (auto tested = (*engine)->self_test(); !tested) return tested;
  engines.antivirus = std::move(*engine);
  return {};
}

Result<void> load(const InspectorSetup& setup, Engines& engines) {
  if (auto loaded = load_rules(setup, engines); !loaded) return loaded;
  if (auto loaded = load_signatures(setup, engines); !loaded) return loaded;
  const size_t rules = engines.rules ? engines.rules->size() : 0;
  const size_t signatures = engines.antivirus ? engines.antivirus->signatures() : 0;
  if (rules < setup.rules_min || signatures < setup.signatures_min)
    return Error{
        fmt::format("only {} rules and {} signatures are left; where that is meant, "
                    "`sekisho reload --all` takes them",
                    rules, signatures)};
  if (engines.rules || engines.antivirus || setup.allow_unscanned) return {};
  return Error{"neither rules nor signatures: nothing would be scanned (inspect.allow_unscanned)"};
}

// The generation in use goes first: loading takes what it leaves of the processors. To be nice is a
// thread's own, and can't be taken back without a privilege: so a thread loads, and this one forks.
Result<void> load_patiently(const InspectorSetup& setup, Engines& engines) {
  constexpr int kNice = 19;
  Result<void> loaded;
  std::thread loader([&] {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
    loaded = load(setup, engines);
  });
  loader.join();
  return loaded;
}

std::string ready_text(const Engines& engines) {
  return json{{"rules", engines.rules ? engines.rules->size() : 0},
              {"signatures", engines.antivirus ? engines.antivirus->signatures() : 0}}
      .dump();
}

// A message that needs more edits than a verdict has room for.
Verdict without_room(const Job& job) {
  Verdict verdict;
  verdict.findings.unscanned = {"too_many_edits"};
  for (const Policy& policy : job.policies)
    verdict.decisions.push_back(decide(verdict.findings, policy, {}));
  return verdict;
}

// An empty answer ends the worker; its job is then tried on another one, and fails there the same
// way.
std::string answer(Pipeline& pipeline, std::string_view text, const UniqueFd& spool) {
  const auto job = parse_job(text);
  if (!job || !spool) {
    log_error("bad job", {{"error", job ? "no spool" : job.error().message}});
    return {};
  }
  std::string verdict = to_text(pipeline.run(spool.get(), *job));
  return verdict.size() <= kVerdictBytesMax ? verdict : to_text(without_room(*job));
}

constexpr std::string_view kUnpackPrefix = "unpack-";

Result<std::filesystem::path> make_own_folder(const std::filesystem::path& in) {
  remove_left_by_the_dead(in, kUnpackPrefix);  // by a worker killed in the middle of a scan
  auto folder = in / fmt::format("{}{}", kUnpackPrefix, ::getpid());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return errno_error(folder.string());
  return folder;
}

Result<worker::SandboxOptions> make_sandbox_options(const InspectorSetup& setup) {
  const auto small = make_own_folder(setup.unpack);
  if (!small) return small.error();
  const auto large = make_own_folder(setup.scratch);
  if (!large) return large.error();
  worker::SandboxOptions options;
  options.small = *small;
  options.large = *large;
  options.memory_bytes_max = setup.memory_bytes_max;
  options.require = setup.require_sandbox;
  return options;
}

// Everything with a name is opened before the sandbox closes.
Result<std::unique_ptr<Pipeline>> prepare(Engines& engines, const InspectorSetup& setup) {
  auto pipeline = Pipeline::make(engines.rules, engines.antivirus.get(), setup.scratch);
  if (!pipeline) return pipeline;
  const auto options = make_sandbox_options(setup);
  if (!options) return options.error();
  const auto sandbox = worker::enter_sandbox(*options);
  if (!sandbox) return Error{"sandbox: " + sandbox.error().message, sandbox.error().code};
  for (const std::string& layer : sandbox->missing)
    log_warning("sandbox lacks a layer", {{"layer", layer}, {"has", sandbox->text()}});
  if (engines.antivirus) engines.antivirus->use_scratch(sandbox->small, sandbox->large);
  return pipeline;
}

void serve(Engines& engines, const InspectorSetup& setup, int channel) {
  auto pipeline = prepare(engines, setup);
  if (!pipeline) {
    log_error("inspector can't start", {{"error", pipeline.error().message}});
    return;
  }
  worker::serve_jobs(channel, [&](std::string_view job, UniqueFd spool) {
    worker::limit_cpu_time(std::chrono::seconds(setup.cpu_seconds_max));
    return answer(**pipeline, job, spool);
  });
}

}  // namespace

std::string to_text(const InspectorSetup& setup) {
  return json{{"rules", texts(setup.rules)},
              {"signatures", texts(setup.signatures)},
              {"scratch", setup.scratch.string()},
              {"unpack", setup.unpack.string()},
              {"workers", setup.workers},
              {"allow_unscanned", setup.allow_unscanned},
              {"allow_rule_errors", setup.allow_rule_errors},
              {"rules_min", setup.rules_min},
              {"signatures_min", setup.signatures_min},
              {"require_sandbox", setup.require_sandbox},
              {"memory_bytes_max", setup.memory_bytes_max},
              {"cpu_seconds_max", setup.cpu_seconds_max}}
      .dump();
}

Result<InspectorSetup> parse_setup(std::string_view text) {
  try {
    const json j = json::parse(text);
    return InspectorSetup{paths(j.at("rules")),
                          paths(j.at("signatures")),
                          j.at("scratch").get<std::string>(),
                          j.at("unpack").get<std::string>(),
                          j.at("workers").get<size_t>(),
                          j.at("allow_unscanned").get<bool>(),
                          j.at("allow_rule_errors").get<bool>(),
                          j.at("rules_min").get<size_t>(),
                          j.at("signatures_min").get<size_t>(),
                          j.at("require_sandbox").get<bool>(),
                          j.at("memory_bytes_max").get<uint64_t>(),
                          j.at("cpu_seconds_max").get<unsigned>()};
  } catch (const json::exception& e) {
    return Error{std::string("setup: ") + e.what()};
  }
}

std::string setup_no_less(std::string_view setup, std::string_view ready_text) {
  constexpr size_t kKeptOfTen = 9;  // an update takes some out
  json j = json::parse(setup, nullptr, false);
  const json ready = json::parse(ready_text, nullptr, false);
  if (!j.is_object() || !ready.is_object()) return std::string(setup);
  j["rules_min"] = ready.value("rules", size_t{0}) * kKeptOfTen / 10;
  j["signatures_min"] = ready.value("signatures", size_t{0}) * kKeptOfTen / 10;
  return j.dump();
}

bool check_sandbox(const InspectorSetup& setup) {
  const auto options = make_sandbox_options(setup);
  if (!options) {
    fmt::print("{}\n", options.error().message);
    return false;
  }
  bool all = true;
  for (const worker::SandboxTrial& trial : worker::try_sandbox(*options)) {
    fmt::print("{}\n", trial.text());
    all = all && trial.as_wanted;
  }
  std::error_code ignored;
  for (const auto& folder : {options->small, options->large})
    std::filesystem::remove_all(folder, ignored);
  return all;
}

int run_inspector() {
  antivirus::tune_malloc();
  const auto text = worker::receive_setup(worker::kControlFd);
  if (!text) return 1;
  const auto setup = parse_setup(*text);
  if (!setup) return worker::report_failed(worker::kControlFd, setup.error().message);
  Engines engines;
  if (auto loaded = load_patiently(*setup, engines); !loaded)
    return worker::report_failed(worker::kControlFd, loaded.error().message);
  return worker::run_prefork(worker::kControlFd, {setup->workers, ready_text(engines)},
                             [&](int channel) { serve(engines, *setup, channel); });
}

}  // namespace sekisho::inspect
