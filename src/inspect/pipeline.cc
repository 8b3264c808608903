#include "inspect/pipeline.h"

#include <algorithm>
#include <chrono>

#include "codec/charset_decoder.h"
#include "codec/normalized_text.h"
#include "inspect/policy.h"
#include "inspect/walk.h"
#include "uri/uri.h"

namespace sekisho::inspect {
namespace {

// The whole message is scanned as bytes, its parts as we decoded them. Where the walk found nothing
// odd, libclamav's own lenient mail parser would only decode and scan the same parts once more
// (half of its time); where it did, a client may read the message in yet another way. But a bomb is
// not set off twice.
antivirus::Engine::Reading reading_of(const Findings& findings, bool is_odd, uint64_t size) {
  const auto& reasons = findings.unscanned;
  const bool bomb = std::find(reasons.begin(), reasons.end(), "limit") != reasons.end();
  const bool again = !bomb && is_odd && size <= PartReader::kMailReadingBytesMax;
  return again ? antivirus::Engine::Reading::kMail : antivirus::Engine::Reading::kBytes;
}

// One for parts, and one for each level of data: URIs.
Result<std::vector<Scratch>> open_scratches(const std::filesystem::path& folder) {
  std::vector<Scratch> scratches;
  for (size_t i = 0; i <= PartReader::kDataDepthMax; ++i) {
    auto scratch = Scratch::open(folder);
    if (!scratch) return scratch.error();
    scratches.push_back(std::move(*scratch));
  }
  return scratches;
}

// ICU opens its tables when they are first needed: before the sandbox closes.
void warm_up_text() {
  codec::open_common_charsets();
  codec::normalize("ｱ\u3099\u200B");
  uri::unicode_host(uri::ascii_host("例え.jp"));
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
  auto suffixes = uri::SuffixList::system();
  if (!suffixes) return suffixes.error();
  auto examiner = attachment::Examiner::make();
  if (!examiner) return examiner.error();
  auto scratches = open_scratches(scratch_folder);
  if (!scratches) return scratches.error();
  warm_up_text();
  std::unique_ptr<Pipeline> pipeline(new Pipeline);
  pipeline->walk_ =
      std::make_unique<Walk>(std::move(rules), engine, AttachmentReader(std::move(*examiner)),
                             std::move(*suffixes), std::move(*scratches));
  pipeline->engine_ = engine;
  return pipeline;
}

Verdict Pipeline::run(int spool, const Job& job) {
  const auto started = std::chrono::steady_clock::now();
  if (engine_ != nullptr) engine_->start_message(job.size);
  walk_->run(spool, job);

  Verdict verdict;
  verdict.findings = std::move(walk_->findings());
  verdict.timings.antivirus_ms = walk_->antivirus_ms();
  verdict.timings.walk_ms = milliseconds_since(started) - verdict.timings.antivirus_ms;
  if (engine_ != nullptr) {
    const auto scan_started = std::chrono::steady_clock::now();
    AntivirusFindings whole{verdict.findings.viruses, verdict.findings.unscanned, 0};
    whole.add(engine_->scan(spool, reading_of(verdict.findings, walk_->is_odd(), job.size)));
    verdict.findings.viruses = std::move(whole.viruses);
    verdict.findings.unscanned = std::move(whole.unscanned);
    verdict.timings.antivirus_ms += milliseconds_since(scan_started);
  }
  for (const Policy& policy : job.policies)
    verdict.decisions.push_back(decide(verdict.findings, policy, walk_->places()));
  return verdict;
}

}  // namespace sekisho::inspect
