// worker/check_sandbox.h: proof by trial that a sandboxed worker can't do harm.
//
//   for (const SandboxTrial& trial : try_sandbox(options)) std::cout << trial.text() << '\n';
//
// Each trial runs in a child process of its own that enters the sandbox first. Nothing harmful is
// done where a trial succeeds: it opens, makes an empty socket, asks.
//
// Process: any, single-threaded.  Errors: a sandbox that can't be entered is a failed trial.

#pragma once

#include <string>
#include <vector>

#include "worker/sandbox.h"

namespace sekisho::worker {

struct SandboxTrial {
  std::string what;     // "open /etc/passwd"
  std::string outcome;  // "works", "refused: Permission denied", "refused: ended by seccomp"
  bool as_wanted = false;

  std::string text() const;
};

std::vector<SandboxTrial> try_sandbox(const SandboxOptions& options);

}  // namespace sekisho::worker
