// scan/scan_command.h: `sekisho scan PATH…`: the gateway's inspection on stored mail.
//
// One line per message, in the order of the input; exit status 0 clean, 1 something found (virus,
// spam over the threshold, unscanned), 2 an error (a file that can't be read or unpacked). The same
// inspectors as `serve`, forked, one per core.
//
// Memory: fixed; at most two messages per worker are open at a time.  Process: the command line.

#pragma once

#include <string>
#include <vector>

#include "mail/mbox_reader.h"

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
  mail::MboxForm mbox_form = mail::MboxForm::kAny;
  std::string shipped_rules;  // defaults, set by main
  std::string shipped_signatures;
};

void add_options(CLI::App& command, ScanOptions& options);
void add_mbox_form(CLI::App& command, mail::MboxForm& form);  // --mbox-form
int run(const ScanOptions& options);

}  // namespace sekisho::scan
