// worker/system_calls.h: the system calls a worker may make; any other ends it (SIGSYS).
//
//   Result<void> done = allow_only_worker_calls();
//
// The list is what libclamav, Hyperscan, PCRE2, ICU and our own code were seen to use, and no more.
// Memory can't be made executable, limits can only be read and set for its own CPU time.
// Source: seccomp(2); by libseccomp.

#pragma once

#include "base/result.h"

namespace sekisho::worker {

Result<void> allow_only_worker_calls();

}  // namespace sekisho::worker
