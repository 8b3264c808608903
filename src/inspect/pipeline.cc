#include "inspect/pipeline.h"

#include <algorithm>
#include <chrono>

#include "inspect/policy.h"
#include "inspect/walk.h"

namespace sekisho::inspect {
namespace {

// The whole message is scanned as bytes, its parts as we decoded them. Where the walk found nothing
// odd, libclamav's own lenient mail parser would only decode and scan the same parts once more
// (half of its time); where it did, a client may read the message in yet another way.
antivirus::Engine::Reading reading_of(const Findings& findings, uint64_t size) {
  const bool again = !findings.defects.empty() && size <= PartReader::kMailReadingBytesMax;
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
  auto examiner = attachment::Examiner::make();
  if (!examiner) return examiner.error();
  std::unique_ptr<Pipeline> pipeline(new Pipeline);
  pipeline->walk_ = std::make_unique<Walk>(
      std::move(rules), engine, AttachmentReader(std::move(*examiner)), std::move(*scratch));
  pipeline->engine_ = engine;
  return pipeline;
}

Verdict Pipeline::run(int spool, const Job& job) {
  const auto started = std::chrono::steady_clock::now();
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
