// worker/system_calls.h: the system calls that each kind of process may make.
//
//   Result<void> done = allow_only_worker_calls();     // any other ends the process (SIGSYS)
//   Result<void> done = forbid_powerful_calls();       // any other goes on
//
// The list is what libclamav, Hyperscan, PCRE2, ICU and our own code were seen to use, and no more.
// Memory can't be made executable, limits can only be read and set for its own CPU time.
// Source: seccomp(2); by libseccomp.

#pragma once

#include "base/result.h"

namespace sekisho::worker {

Result<void> allow_only_worker_calls();

// For the front, which reads the network and holds files, and for all it starts: no tracing of
// other processes, no kernel modules, programs in the kernel, keyrings, clocks, io_uring, or change
// of the root (EPERM), and no new privileges by executing a file. It starts parents of workers,
// which need more than it does (namespaces, mounts), so it can't have an allow-list of its own.
// Called while the process has one thread.
Result<void> forbid_powerful_calls();

}  // namespace sekisho::worker
