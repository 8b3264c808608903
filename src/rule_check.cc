#include "rule_check.h"

#include <algorithm>
#include <array>
#include <iostream>

#include "base/bytes.h"
#include "rules/rule_set.h"

namespace sekisho {
namespace {

// Databases as freshclam and others bring them.
constexpr std::array<std::string_view, 12> kDatabases = {".cvd", ".cld", ".cud",  ".hdb",
                                                         ".hsb", ".mdb", ".msb",  ".ndb",
                                                         ".ldb", ".cdb", ".yara", ".yar"};

bool holds_database(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string extension = to_lower(entry->path().extension().string());
    if (std::find(kDatabases.begin(), kDatabases.end(), extension) != kDatabases.end()) return true;
  }
  return false;
}

}  // namespace

bool check_rules(const config::Config& config) {
  std::vector<std::filesystem::path> present;  // a default path may be missing
  std::error_code error;
  for (const auto& path : config.inspect.rules)
    if (std::filesystem::exists(path, error)) present.push_back(path);
  std::vector<rules::RuleError> found;
  rules::RuleSet::load(present, found);
  bool mistakes = false;
  for (const rules::RuleError& each : found) {
    using Kind = rules::RuleError::Kind;
    mistakes |= each.kind == Kind::kError;
    std::cerr << each.file << ':' << each.line
              << (each.kind == Kind::kWarning ? ": warning: " : ": ") << each.what << '\n';
  }
  if (mistakes && !config.inspect.allow_rule_errors)
    std::cerr << "correct the rules, or set inspect.allow_rule_errors to start without these\n";
  return !mistakes || config.inspect.allow_rule_errors;
}

bool has_test_signatures_only(const config::Config& config, const std::filesystem::path& shipped) {
  const auto is_real = [&](const std::filesystem::path& folder) {
    std::error_code error;
    return !std::filesystem::equivalent(folder, shipped, error) && holds_database(folder);
  };
  const auto& folders = config.inspect.signatures;
  return !folders.empty() && std::none_of(folders.begin(), folders.end(), is_real);
}

}  // namespace sekisho
