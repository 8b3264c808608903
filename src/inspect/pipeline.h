// inspect/pipeline.h: the whole content inspection of one message: spool file → Verdict.
//
//   Pipeline pipeline(rules, antivirus, Pipeline::Options{scratch_folder});
//   Verdict verdict = pipeline.run(spool_fd, job);
//
// Walks the spool forward once through a fixed window: MIME parts, decoded bytes to the antivirus
// (each part through a scratch file), text in UTF-8 and raw bytes to the rules; then the whole
// message to the antivirus. What could not be looked at is a finding (`unscanned`), never silence.
//
// Memory: kWindowBytes, the parser's, the matcher's and the scratch's fixed buffers; none grows
// with the message.  Process: inspector worker.  Broken mail: defects. Broken environment (read
// error, full disk): `unscanned engine_error`.

#pragma once

#include <filesystem>
#include <memory>

#include "antivirus/engine.h"
#include "inspect/job.h"
#include "inspect/verdict.h"
#include "rules/rule_set.h"

namespace sekisho::inspect {

class Walk;

class Pipeline {
 public:
  static constexpr size_t kWindowBytes = 64 << 10;

  // Either engine may be absent (`allow_unscanned`, `--no-av`, `--no-rules`).
  static Result<std::unique_ptr<Pipeline>> make(std::shared_ptr<const rules::RuleSet> rules,
                                                antivirus::Engine* engine,
                                                const std::filesystem::path& scratch_folder);
  ~Pipeline();

  Verdict run(int spool, const Job& job);

 private:
  Pipeline();

  std::unique_ptr<Walk> walk_;
  antivirus::Engine* engine_ = nullptr;
};

}  // namespace sekisho::inspect
