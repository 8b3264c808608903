// worker/sandbox.h: from here on this process can compute, talk over its channel, and little else.
//
//   Result<Sandbox> sandbox = enter_sandbox({.small = "/dev/shm/x", .large = "/var/spool/x"});
//   use(sandbox->small, sandbox->large);              // the folders as they are called inside
//
// Called in a worker after fork, before its first job. Layers, each on top of the others:
//   namespaces   mount, network, IPC and UTS of its own; `small` is a tmpfs of a fixed size that
//                nobody else sees, `large` is bound to a folder in it
//   user         root becomes nobody; no capabilities
//   rlimits      address space, file size, descriptors, no core file, no process
//   landlock     files only below the two folders; no TCP, no signal, no abstract socket
//   seccomp      an allow-list of system calls, any other ends the process: no socket is made,
//                nothing executed, no process made or traced, no memory made executable
// Beside them: no_new_privs, and not dumpable (so nobody but root traces it).
//
// user, rlimits and seccomp are there, or an Error. Where the kernel lacks landlock or closes
// namespaces (containers often do) they are named in `missing`; with `require`, missing landlock is
// an Error. Without namespaces the folders have no quota but that of each file.
//
// Process: inspector worker; single-threaded.  Source: seccomp(2), landlock(7), user_namespaces(7).

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace sekisho::worker {

struct SandboxOptions {
  std::filesystem::path small;  // both must exist, empty
  std::filesystem::path large;
  uint64_t small_bytes_max = 64 << 20;
  uint64_t memory_bytes_max = 2ull << 30;  // address space beyond what is in use now
  uint64_t file_bytes_max = 1ull << 30;    // any one file
  bool require = true;
};

struct Sandbox {
  std::filesystem::path small;
  std::filesystem::path large;
  std::vector<std::string> layers;
  std::vector<std::string> missing;  // "landlock: Operation not supported"

  std::string text() const;  // "namespaces user rlimits landlock-6 seccomp"
};

Result<Sandbox> enter_sandbox(const SandboxOptions& options);

// The CPU time that this process may still use; then the kernel ends it (SIGXCPU). Works inside.
void limit_cpu_time(std::chrono::seconds more);

}  // namespace sekisho::worker
