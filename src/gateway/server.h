// gateway/server.h: `sekisho serve`: the front process, wired together.
//
// serve() starts the inspectors, then listens; it returns when SIGTERM or SIGINT has come and the
// sessions have ended: idle ones at once, the others within server.stop_grace. Nothing listens
// before signatures and rules are loaded.
//
// SIGHUP and `sekisho reload` take over what was changed of configuration, rules and signatures
// (gateway/reloader.h): no message waits or is refused for it, and a mistake changes nothing.
// Changed rules and signatures are taken over without being told, too.
//
// Process: front.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/config.h"

namespace sekisho::gateway {

struct ServeHooks {
  // Reads the configuration again; on any thread.
  std::function<config::LoadedConfig()> read_config;
  // Called once, when all listeners accept, with their addresses.
  std::function<void(const std::vector<std::string>&)> on_ready;
};

// Returns the exit status.
int serve(config::Config config, ServeHooks hooks);

// `sekisho serve --check-sandbox`: prints what a worker tried and was refused.
bool check_sandbox(const config::Config& config);

}  // namespace sekisho::gateway
