// gateway/server.h: `sekisho serve`: the front process, wired together.
//
// serve() starts the inspectors, then listens; it returns when SIGTERM or SIGINT has come and the
// sessions have ended: idle ones at once, the others within server.stop_grace. Nothing listens
// before signatures and rules are loaded.
//
// SIGHUP loads signatures and rules anew, beside those in use: no message waits or is refused for
// it, and a load that fails changes nothing. The configuration itself is read at start only.
//
// Process: front.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/config.h"

namespace sekisho::gateway {

// Returns the exit status. `on_ready` is called once, when all listeners accept, with their
// addresses.
int serve(const config::Config& config,
          const std::function<void(const std::vector<std::string>&)>& on_ready);

// `sekisho serve --check-sandbox`: prints what a worker tried and was refused.
bool check_sandbox(const config::Config& config);

}  // namespace sekisho::gateway
