// scan/scan_command.h: `sekisho scan PATH…`: the gateway's inspection on stored mail.
//
// One line per message, in the order of the input; exit status 0 clean, 1 something found (virus,
// spam over the threshold, unscanned), 2 an error. The same inspectors as `serve`, forked, one per
// core.
//
// Memory: fixed; at most two messages per worker are open at a time.  Process: the command line.

#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sekisho::scan {

enum class OutputFormat { kText, kJson };

struct ScanOptions {
  std::vector<std::string> paths;
  std::vector<std::string> signatures;  // folders; empty: the shipped ones and /var/lib/clamav
  std::vector<std::string> rules;       // folders or files; empty: the shipped ones
  bool no_rules = false;
  bool no_antivirus = false;
  double threshold = 5.0;
  OutputFormat format = OutputFormat::kText;
  std::string shipped_rules;  // defaults, set by main
  std::string shipped_signatures;
};

void add_options(CLI::App& command, ScanOptions& options);
int run(const ScanOptions& options);

}  // namespace sekisho::scan
