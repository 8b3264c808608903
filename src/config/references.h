// config/references.h: the checks that need all domains: does every name that is pointed at exist?
//
// Administrators, catch-alls and alias targets are resolved with the same index and expansion that
// route mail later, so that a server that starts can't meet a loop or a dangling target.

#pragma once

#include <vector>

#include "config/config.h"
#include "config/section_reader.h"

namespace sekisho::config {

// Where a domain comes from, beside Config::domains.
struct DomainOrigin {
  KeyLines lines;
  Source source;
};

void check_references(const Config& config, const std::vector<DomainOrigin>& origins);

}  // namespace sekisho::config
