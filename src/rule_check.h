// rule_check.h: the rule files of a configuration, checked before anything is started.

#pragma once

#include "config/config.h"

namespace sekisho {

// Prints what is wrong on stderr, each as file:line: what. False: a gateway must not start with it
// (there are mistakes, and inspect.allow_rule_errors is not set).
bool check_rules(const config::Config& config);

// Whether viruses are looked for with nothing but the shipped signatures, which are for tests.
bool has_test_signatures_only(const config::Config& config, const std::filesystem::path& shipped);

}  // namespace sekisho
