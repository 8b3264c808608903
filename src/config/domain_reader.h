// config/domain_reader.h: one domain, from its own file or from [[domain]] in the main file.
//
// What can be checked within the domain is checked here; what needs the other domains, by
// references.h.

#pragma once

#include <optional>
#include <string_view>

#include "config/config.h"
#include "config/section_reader.h"

namespace sekisho::config {

struct DomainDraft {
  Domain domain;
  KeyLines lines;
  Source source;
};

// `default_name` is the domain's name where the table has none. nullopt where the name is unusable.
std::optional<DomainDraft> read_domain(const Source& source, const toml::table& table,
                                       std::string_view default_name, const Config& config);

}  // namespace sekisho::config
