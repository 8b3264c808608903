// inspect/inspector_process.h: the process that loads signatures and rules and forks the workers
// that look into mail.
//
// `sekisho inspector` (internal; exec'd by worker::Pool with the control socket as descriptor 3)
// ends in run_inspector(). Its setup text comes from InspectorSetup.
//
// Rights: reads rules and signatures; writes its scratch folder. Holds no socket but the control
// and job channels. (Workers inherit what the parent loaded.)

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace sekisho::inspect {

struct InspectorSetup {
  std::vector<std::filesystem::path> rules;       // files or folders; empty: no rules
  std::vector<std::filesystem::path> signatures;  // folders; empty: no antivirus
  std::filesystem::path scratch;                  // large decoded parts stand here, unlinked
  std::filesystem::path unpack;                   // libclamav's temporary files; best on a tmpfs
  size_t workers = 1;
  bool allow_unscanned = false;  // run although rules or signatures are missing
};

std::string to_text(const InspectorSetup& setup);
Result<InspectorSetup> parse_setup(std::string_view text);

// Returns the process's exit status, when the pool has closed the control socket.
int run_inspector();

}  // namespace sekisho::inspect
