// command_config.h: which configuration a sub-command works with.

#pragma once

#include <optional>
#include <string>

#include "config/config.h"

namespace sekisho {

struct CommandConfig {
  config::Config config;
  std::string file;       // for messages
  bool embedded = false;  // the built-in default, below ./var
};

// `file`, or where it is empty /etc/sekisho/sekisho.toml, or where that is missing the embedded
// default. Mistakes are printed on stderr, each as file:line: what; then there is no value.
std::optional<CommandConfig> load_for_command(const std::string& file);

// The same without printing; the mistakes are in it.
struct ReadConfig {
  config::LoadedConfig loaded;
  std::string file;
  bool embedded = false;
};
ReadConfig read_for_command(const std::string& file);

// Where rules and signatures are shipped: beside the source tree's build, else /usr/share/sekisho.
std::string shipped_folder(const std::string& name);

// What a newcomer can do with the embedded default.
void print_first_steps(const config::Config& config, const std::string& address);

}  // namespace sekisho
