// A job as the worker reads it: an Error, or a value that is written and read as itself, with every
// choice within its enum.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "inspect/job.h"

using namespace sekisho;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto job = inspect::parse_job({reinterpret_cast<const char*>(bytes), size});
  if (!job) return 0;
  require(job->policies.size() <= inspect::kPoliciesMax);
  for (const inspect::Policy& policy : job->policies) {
    require(static_cast<unsigned>(policy.spam) <= 3 && static_cast<unsigned>(policy.virus) <= 2);
    require(static_cast<unsigned>(policy.unscanned) <= 3);
    for (const auto& action : policy.unscanned_for)
      require(!action || static_cast<unsigned>(*action) <= 3);
  }
  const auto again = inspect::parse_job(to_text(*job));
  require(again.has_value() && again->policies == job->policies && again->size == job->size);
  return 0;
}
