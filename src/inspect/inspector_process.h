// inspect/inspector_process.h: the process that loads signatures and rules and forks the workers
// that look into mail.
//
// `sekisho inspector` (internal; exec'd by worker::Pool with the control socket as descriptor 3)
// ends in run_inspector(). Its setup text comes from InspectorSetup.
//
// Rights: the parent reads rules and signatures, and no mail. Workers inherit what it loaded and
// read mail in a sandbox (worker/sandbox.h): they write to their two folders and answer over their
// channel.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace sekisho::inspect {

struct InspectorSetup {
  std::vector<std::filesystem::path> rules;       // files or folders; empty: no rules
  std::vector<std::filesystem::path> signatures;  // folders; empty: no antivirus
  std::filesystem::path scratch;  // on disk: large decoded parts, and what large objects unpack to
  std::filesystem::path unpack;   // what small objects unpack to; best on a tmpfs
  size_t workers = 1;
  bool allow_unscanned = false;    // run although rules or signatures are missing
  bool allow_rule_errors = false;  // leave out rules that have mistakes
  // A load that brings fewer fails: a folder was emptied or lost. 0: any number will do.
  size_t rules_min = 0;
  size_t signatures_min = 0;
  bool require_sandbox = true;             // no work where the kernel lacks Landlock
  uint64_t memory_bytes_max = 2ull << 30;  // of a worker, beyond what it shares with the parent
  unsigned cpu_seconds_max = 90;           // of a job
};

std::string to_text(const InspectorSetup& setup);
// The same setup for a load that may not bring much less than `ready_text` says of another one.
std::string setup_no_less(std::string_view setup, std::string_view ready_text);
Result<InspectorSetup> parse_setup(std::string_view text);

// Tries what a worker must not be able to do (worker/check_sandbox.h), in folders below the
// setup's; prints a line each. True when all is as it should be.
bool check_sandbox(const InspectorSetup& setup);

// Returns the process's exit status, when the pool has closed the control socket.
int run_inspector();

}  // namespace sekisho::inspect
