// config/section_reader.h: one TOML table, read by the rows of the settings table.
//
//   Source source{file, folder, &errors};
//   check_keys(source, table, {"smtp"}, "smtp");
//   KeyLines lines = read_section(source, table, "smtp", "smtp", target);
//
// A mistake is added to the errors with its line; the setting keeps its default and reading goes
// on.

#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/settings.h"

namespace sekisho::config {

// The file a table comes from.
struct Source {
  std::string file;
  std::filesystem::path base_folder;  // relative paths start there
  std::vector<ConfigError>* errors;

  void error(unsigned line, std::string what) const {
    errors->push_back({file, line, std::move(what)});
  }
};

// The line of each setting that is set.
using KeyLines = std::map<std::string, unsigned, std::less<>>;

inline unsigned line_of(const toml::node& node) { return node.source().begin.line; }
inline unsigned line_of(const toml::key& key) { return key.source().begin.line; }

// "smtp.errors_max", or "errors_max" where there is nothing before it.
std::string dotted(std::string_view where, std::string_view key);

// `text` from the folder of the file, absolute and without "..".
std::filesystem::path absolute_path(const Source& source, const std::string& text);

// Reports every key of `table` that is no setting of `sections`.
void check_keys(const Source& source, const toml::table& table,
                std::initializer_list<std::string_view> section_names, std::string_view where);

// `where` stands before the key in an error: "plan.gold" makes "plan.gold.spam: ...".
KeyLines read_section(const Source& source, const toml::table& table, std::string_view section,
                      std::string_view where, SettingTarget target);

}  // namespace sekisho::config
