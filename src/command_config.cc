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

ReadConfig read_for_command(const std::string& file) {
  std::error_code error;
  if (!file.empty() || std::filesystem::exists(kSystemFile, error)) {
    const std::string name = file.empty() ? kSystemFile : file;
    return {config::load_config(name), name, false};
  }
  const std::string name = "(embedded default)";
  const auto here = std::filesystem::current_path(error);
  const std::string text =
      config::embedded_default(here / "var", shipped_folder("rules"), shipped_folder("signatures"));
  return {config::parse_config(text, name, here), name, true};
}

std::optional<CommandConfig> load_for_command(const std::string& file) {
  ReadConfig read = read_for_command(file);
  for (const config::ConfigError& mistake : read.loaded.errors) std::cerr << mistake.text() << '\n';
  if (!read.loaded.errors.empty()) return std::nullopt;
  return CommandConfig{std::move(read.loaded.config), read.file, read.embedded};
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
