#include "inspect/pipeline.h"

#include <algorithm>
#include <chrono>

#include "inspect/policy.h"
#include "inspect/walk.h"

namespace sekisho::inspect {
namespace {

// The whole message is scanned as bytes, its parts as we decoded them. Where the walk found nothing
// odd, libclamav's own lenient mail parser would only decode and scan the same parts once more
// (half of its time); where it did, a client may read the message in yet another way. But a bomb is
// not set off twice.
antivirus::Engine::Reading reading_of(const Findings& findings, uint64_t size) {
  const auto& reasons = findings.unscanned;
  const bool bomb = std::find(reasons.begin(), reasons.end(), "limit") != reasons.end();
  const bool again = !bomb && !findings.defects.empty() && size <= PartReader::kMailReadingBytesMax;
  return again ? antivirus::Engine::Reading::kMail : antivirus::Engine::Reading::kBytes;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

Pipeline::Pipeline() = default;
Pipeline::~Pipeline() = default;

Result<std::unique_ptr<Pipeline>> Pipeline::make(std::shared_ptr<const rules::RuleSet> rules,
                                                 antivirus::Engine* engine,
                                                 const std::filesystem::path& scratch_folder) {
  auto scratch = Scratch::open(scratch_folder);
  if (!scratch) return scratch.error();
  std::unique_ptr<Pipeline> pipeline(new Pipeline);
  pipeline->walk_ = std::make_unique<Walk>(std::move(rules), engine, std::move(*scratch));
  pipeline->engine_ = engine;
  return pipeline;
}

Verdict Pipeline::run(int spool, const Job& job) {
  const auto started = std::chrono::steady_clock::now();
  if (engine_ != nullptr) engine_->start_message();
  walk_->run(spool, job);

  Verdict verdict;
  verdict.findings = std::move(walk_->findings());
  verdict.timings.antivirus_ms = walk_->antivirus_ms();
  verdict.timings.walk_ms = milliseconds_since(started) - verdict.timings.antivirus_ms;
  if (engine_ != nullptr) {
    const auto scan_started = std::chrono::steady_clock::now();
    AntivirusFindings whole{verdict.findings.viruses, verdict.findings.unscanned, 0};
    whole.add(engine_->scan(spool, reading_of(verdict.findings, job.size)));
    verdict.findings.viruses = std::move(whole.viruses);
    verdict.findings.unscanned = std::move(whole.unscanned);
    verdict.timings.antivirus_ms += milliseconds_since(scan_started);
  }
  for (const Policy& policy : job.policies)
    verdict.decisions.push_back(decide(verdict.findings, policy, walk_->places()));
  return verdict;
}

}  // namespace sekisho::inspect
