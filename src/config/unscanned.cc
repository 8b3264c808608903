#include "config/unscanned.h"

#include <algorithm>

namespace sekisho::config {

UnscannedReason reason_of(std::string_view name) {
  const auto at = std::find(kUnscannedNames.begin(), kUnscannedNames.end(), name);
  if (at != kUnscannedNames.end())
    return static_cast<UnscannedReason>(at - kUnscannedNames.begin());
  // Finer names of the walk (mail/defect.h, inspect/walk.cc).
  if (name == "ambiguous_beyond_limit" || name == "too_many_edits")
    return UnscannedReason::kAmbiguous;
  return UnscannedReason::kEngineError;
}

}  // namespace sekisho::config
