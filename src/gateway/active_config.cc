#include "gateway/active_config.h"

#include <fmt/format.h>

#include <vector>

#include "gateway/client_hop.h"
#include "gateway/store_hop.h"

namespace sekisho::gateway {
namespace {

std::shared_ptr<NextHop> make_hop(const config::NextHop& hop, const std::string& hostname,
                                  asio::thread_pool& files) {
  if (hop.kind == config::NextHop::Kind::kMaildir)
    return std::make_shared<StoreHop>(hop.address, hostname, files);
  return std::make_shared<ClientHop>(hop, hostname);
}

Delivery::NextHops make_hops(const config::Config& config, asio::thread_pool& files,
                             const ActiveConfig* before) {
  Delivery::NextHops hops;
  for (const auto& [name, hop] : config.next_hops) {
    if (before != nullptr && before->config.hostname == config.hostname) {
      const auto same = before->config.next_hops.find(name);
      if (same != before->config.next_hops.end() && same->second == hop) {
        hops[name] = before->delivery.next_hops().at(name);
        continue;
      }
    }
    hops[name] = make_hop(hop, config.hostname, files);
  }
  return hops;
}

}  // namespace

ActiveConfig::ActiveConfig(config::Config settings, asio::thread_pool& files,
                           const ActiveConfig* before)
    : config(std::move(settings)),
      router(config),
      quarantine_(config.quarantine, config.hostname, files),
      delivery(make_hops(config, files, before), quarantine_) {}

std::string needs_restart(const config::Config& running, const config::Config& wanted) {
  std::vector<std::string_view> names;
  if (running.listeners != wanted.listeners) names.push_back("[[listener]]");
  if (running.spool != wanted.spool) names.push_back("spool.path");
  if (running.inspect.job_timeout != wanted.inspect.job_timeout)
    names.push_back("inspect.job_timeout");
  if (running.inspect.queue_max != wanted.inspect.queue_max) names.push_back("inspect.queue_max");
  if (running.inspect.queue_timeout != wanted.inspect.queue_timeout)
    names.push_back("inspect.queue_timeout");
  if (running.inspect.start_timeout != wanted.inspect.start_timeout)
    names.push_back("inspect.start_timeout");
  if (running.inspect.self_test_interval != wanted.inspect.self_test_interval)
    names.push_back("inspect.self_test_interval");
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace sekisho::gateway
