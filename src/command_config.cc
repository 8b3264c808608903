#include "command_config.h"

#include <filesystem>
#include <iostream>

namespace sekisho {
namespace {

constexpr const char* kSystemFile = "/etc/sekisho/sekisho.toml";

}  // namespace

std::string shipped_folder(const std::string& name) {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = program.parent_path().parent_path() / name;  // build/sekisho → ./NAME
  if (!error && std::filesystem::is_directory(beside, error)) return beside.string();
  return "/usr/share/sekisho/" + name;
}

std::optional<CommandConfig> load_for_command(const std::string& file) {
  CommandConfig out;
  config::LoadedConfig loaded;
  std::error_code error;
  if (!file.empty() || std::filesystem::exists(kSystemFile, error)) {
    out.file = file.empty() ? kSystemFile : file;
    loaded = config::load_config(out.file);
  } else {
    out.file = "(embedded default)";
    out.embedded = true;
    const auto here = std::filesystem::current_path(error);
    loaded = config::parse_config(config::embedded_default(here / "var", shipped_folder("rules"),
                                                           shipped_folder("signatures")),
                                  out.file, here);
  }
  for (const config::ConfigError& mistake : loaded.errors) std::cerr << mistake.text() << '\n';
  if (!loaded.errors.empty()) return std::nullopt;
  out.config = std::move(loaded.config);
  return out;
}

void print_first_steps(const config::Config& config, const std::string& address) {
  const config::Domain& domain = config.domains.front();
  std::cout << "\nTry:  swaks --server " << address << " --to alice@" << domain.name
            << " --header 'Subject: hello'\n"
            << "It lands in " << config.next_hops.begin()->second.address << "/" << domain.name
            << "/alice/new\n\n"
            << std::flush;
}

}  // namespace sekisho
