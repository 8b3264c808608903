// sekisho: a content-filtering gateway for mail. The table of contents: one sub-command, one
// function.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <map>

#include "base/log.h"
#include "codec/digest.h"
#include "command_config.h"
#include "config/settings.h"
#include "gateway/control_socket.h"
#include "gateway/server.h"
#include "inspect/inspector_process.h"
#include "mail/address.h"
#include "route/router.h"
#include "rule_check.h"
#include "scan/mime_command.h"
#include "scan/scan_command.h"

namespace sekisho {
namespace {

int serve(const std::string& config_file) {
  const auto loaded = load_for_command(config_file);
  if (!loaded) return 1;
  set_log_format(loaded->config.log_format);
  if (has_test_signatures_only(loaded->config, shipped_folder("signatures")))
    log_warning("no virus database",
                {{"what",
                  "only the shipped signatures, which are for tests; install "
                  "clamav-freshclam, or name a folder in inspect.signatures"}});
  gateway::ServeHooks hooks;
  hooks.read_config = [&] { return read_for_command(config_file).loaded; };
  hooks.on_ready = [&](const std::vector<std::string>& addresses) {
    if (loaded->embedded && !addresses.empty())
      print_first_steps(loaded->config, addresses.front());
  };
  return gateway::serve(loaded->config, hooks);
}

// Prints what the running gateway answers.
int ask_gateway(const std::string& config_file, const std::string& line) {
  const auto loaded = load_for_command(config_file);
  if (!loaded) return 1;
  const auto answer = gateway::ask_control(loaded->config.spool, line);
  (answer ? std::cout : std::cerr) << (answer ? *answer : answer.error().message) << '\n';
  return answer ? 0 : 1;
}

int check_sandbox(const std::string& config_file) {
  const auto loaded = load_for_command(config_file);
  if (!loaded) return 2;
  return gateway::check_sandbox(loaded->config) ? 0 : 1;
}

int check_config(const std::string& config_file) {
  const auto loaded = load_for_command(config_file);
  if (!loaded || !check_rules(loaded->config)) return 1;
  std::cout << loaded->file << ": ok, " << loaded->config.domains.size() << " domains, "
            << loaded->config.listeners.size() << " listeners\n";
  return 0;
}

int print_reference() {
  std::cout << config::reference();
  return 0;
}

int explain_route(const std::string& config_file, const std::string& text) {
  const auto loaded = load_for_command(config_file);
  if (!loaded) return 2;
  const auto address = mail::parse_mailbox(text);
  if (!address) {
    std::cerr << text << ": not an address\n";
    return 2;
  }
  const route::Router router(loaded->config);
  const route::Resolution resolution = router.resolve(*address);
  for (const std::string& step : resolution.steps) std::cout << step << '\n';
  if (!resolution.accepted()) {
    std::cout << "refused: " << resolution.reply << '\n';
    return 1;
  }
  for (const route::Target& target : resolution.targets)
    std::cout << "delivered: " << target.mailbox << " by " << target.next_hop->name << '\n';
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app{"sekisho: a content-filtering gateway for mail"};
  app.set_version_flag("--version", SEKISHO_VERSION);
  app.require_subcommand(1);
  std::string config_file;
  const auto with_config = [&](CLI::App* command) {
    command->add_option(
        "-c,--config", config_file,
        "configuration file (default: /etc/sekisho/sekisho.toml, else the embedded one)");
    return command;
  };

  auto* serve_command = with_config(app.add_subcommand("serve", "run the gateway"));
  bool only_check_sandbox = false;
  serve_command->add_flag("--check-sandbox", only_check_sandbox,
                          "only try what a worker must not be able to do, and report");
  auto* reload_command = with_config(app.add_subcommand(
      "reload", "have the gateway take over changed configuration, rules and signatures"));
  bool reload_all = false;
  reload_command->add_flag("--all", reload_all, "load rules and signatures although unchanged");
  auto* status_command =
      with_config(app.add_subcommand("status", "print what the gateway is doing, as JSON"));
  auto* config_command = app.add_subcommand("config", "look at the configuration");
  config_command->require_subcommand(1);
  auto* check_command =
      with_config(config_command->add_subcommand("check", "report all mistakes with file:line"));
  auto* reference_command =
      config_command->add_subcommand("reference", "print all settings with their defaults");
  std::string address;
  auto* route_command =
      with_config(app.add_subcommand("route", "explain step by step how an address resolves"));
  route_command->add_option("address", address, "mail address")->required();

  scan::ScanOptions scan_options;
  auto* scan_command = app.add_subcommand("scan", "look through mail files, mboxes and Maildirs");
  scan::add_options(*scan_command, scan_options);
  scan_options.shipped_rules = shipped_folder("rules");
  scan_options.shipped_signatures = shipped_folder("signatures");
  scan::MimeOptions mime_options;
  auto* mime_command = app.add_subcommand("mime", "print the structure of a message");
  mime_command->add_option("file", mime_options.file, "message, or - for standard input")
      ->required();
  const std::map<std::string, codec::DigestKind> digests{{"sha256", codec::DigestKind::kSha256},
                                                         {"md5", codec::DigestKind::kMd5}};
  mime_command->add_option("--digest", mime_options.digest, "of decoded bodies: sha256 or md5")
      ->transform(CLI::CheckedTransformer(digests));
  mime_command->add_flag("--mbox", mime_options.mbox, "the file is an mbox: each of its messages");
  scan::add_mbox_form(*mime_command, mime_options.mbox_form);
  auto* inspector_command = app.add_subcommand("inspector", "")->group("");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;  // --help is no mistake; CLI11's own numbers say nothing
  }
  if (*serve_command) return only_check_sandbox ? check_sandbox(config_file) : serve(config_file);
  if (*reload_command) return ask_gateway(config_file, reload_all ? "reload all" : "reload");
  if (*status_command) return ask_gateway(config_file, "status");
  if (*check_command) return check_config(config_file);
  if (*reference_command) return print_reference();
  if (*route_command) return explain_route(config_file, address);
  if (*scan_command) return scan::run(scan_options);
  if (*mime_command) return scan::print_mime(mime_options);
  if (*inspector_command) return inspect::run_inspector();
  return 2;
}

}  // namespace
}  // namespace sekisho

int main(int argc, char** argv) {
  try {
    return sekisho::run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "sekisho: " << e.what() << '\n';
    return 2;
  }
}
