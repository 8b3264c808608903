#include "gateway/server.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "gateway/client_hop.h"
#include "gateway/listener.h"
#include "gateway/quarantine_hop.h"
#include "gateway/store_hop.h"

namespace sekisho::gateway {
namespace {

// fsync waits, it doesn't compute: more threads than cores let the file system join them in one
// commit.
constexpr size_t kFileThreads = 16;

// After the grace: for a 421 and what was being delivered.
constexpr std::chrono::seconds kLastWords{5};

constexpr std::string_view kMemoryFolder = "/dev/shm";
constexpr std::string_view kUnpackPrefix = "sekisho-";

// libclamav makes and removes a folder per object: on a tmpfs that costs a tenth.
std::filesystem::path unpack_folder(const config::Config& config) {
  remove_left_by_the_dead(kMemoryFolder, kUnpackPrefix);
  std::string name = fmt::format("{}/{}{}", kMemoryFolder, kUnpackPrefix, ::getpid());
  // Workers go through it as another user.
  if (::mkdir(name.c_str(), 0711) == 0 && ::chmod(name.c_str(), 0711) == 0) return name;
  return config.spool;
}

size_t worker_count(const config::Config& config) {
  if (config.inspect.workers > 0) return config.inspect.workers;
  return std::max(1u, std::thread::hardware_concurrency()) + 1;
}

inspect::InspectorSetup inspector_setup(const config::Config& config,
                                        const std::filesystem::path& unpack) {
  inspect::InspectorSetup setup;
  setup.rules = config.inspect.rules;
  setup.signatures = config.inspect.signatures;
  setup.scratch = config.inspect.scratch;
  setup.unpack = unpack;
  setup.workers = worker_count(config);
  setup.allow_unscanned = config.inspect.allow_unscanned;
  setup.require_sandbox = config.inspect.sandbox == config::SandboxNeed::kRequire;
  setup.memory_bytes_max = config.inspect.memory_bytes_max;
  setup.cpu_seconds_max = static_cast<unsigned>(config.inspect.job_timeout.count());
  return setup;
}

worker::PoolOptions pool_options(const config::Config& config,
                                 const std::filesystem::path& unpack) {
  worker::PoolOptions options;
  options.argv = {"/proc/self/exe", "inspector"};
  options.setup = to_text(inspector_setup(config, unpack));
  options.job_timeout = config.inspect.job_timeout;
  options.queue_timeout = config.inspect.queue_timeout;
  options.start_timeout = config.inspect.start_timeout;
  options.trial_interval = config.inspect.self_test_interval;
  return options;
}

Result<void> make_folders(const config::Config& config) {
  std::error_code error;
  for (const auto& folder : {config.spool, config.quarantine}) {
    const bool is_new = std::filesystem::create_directories(folder, error);
    if (error) return Error{folder.string() + ": " + error.message(), error.value()};
    if (is_new) ::chmod(folder.c_str(), 0700);  // one that was there may be anybody's: /tmp
  }
  return {};
}

// A session holds a socket, the spool's two files and a next hop's socket or a copy at most.
constexpr size_t kDescriptorsPerSession = 4;

void raise_descriptor_limit(size_t connections_max) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < kDescriptorsPerSession * connections_max)
    log_warning("few file descriptors", {{"limit", limit.rlim_max},
                                         {"wanted", kDescriptorsPerSession * connections_max},
                                         {"for", "smtp.connections_max"}});
}

Delivery::NextHops make_hops(const config::Config& config, asio::thread_pool& files) {
  Delivery::NextHops hops;
  for (const auto& [name, hop] : config.next_hops) {
    if (hop.kind == config::NextHop::Kind::kMaildir) {
      hops[name] = std::make_unique<StoreHop>(hop.address, config.hostname, files);
    } else {
      hops[name] = std::make_unique<ClientHop>(hop, config.hostname);
    }
  }
  return hops;
}

// The front process: what lives as long as it does. The loop's end destroys the frames of what
// still runs, so what those touch in their destructors (spool files, admission) stands before the
// loop.
class Server {
 public:
  explicit Server(const config::Config& config)
      : config_(config),
        unpack_(unpack_folder(config)),
        spool_files_(config.spool),
        admission_(config.smtp.connections_max, config.smtp.connections_per_client_max),
        router_(config),
        inspector_(loop_, pool_options(config, unpack_), config.spool / "poison"),
        hops_(make_hops(config, files_)),
        quarantine_(config.quarantine, config.hostname, files_),
        delivery_(hops_, quarantine_),
        services_{config_, router_, inspector_, delivery_, spool_files_},
        signals_(loop_) {}

  ~Server() {
    files_.join();  // what runs there uses the hops
    inspector_.stop();
    std::error_code ignored;
    if (unpack_ != config_.spool) std::filesystem::remove_all(unpack_, ignored);
  }

  int run(const std::function<void(const std::vector<std::string>&)>& on_ready) {
    if (auto made = make_folders(config_); !made) return fatal(made.error());
    const auto ready = inspector_.start();
    if (!ready) return fatal(ready.error());
    // Before this a signal simply ends the process: nothing is under way.
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    log_info("inspectors ready", {{"loaded", *ready}, {"workers", worker_count(config_)}});
    std::vector<std::string> addresses;
    for (const config::Listener& settings : config_.listeners) {
      listeners_.push_back(std::make_unique<Listener>(loop_, services_, admission_, settings));
      const auto address = listeners_.back()->start();
      if (!address) return fatal(address.error());
      log_info("listening", {{"role", "mx"}, {"address", *address}});
      addresses.push_back(*address);
    }
    ::sd_notify(0, "READY=1");
    if (on_ready) on_ready(addresses);
    wait_for_signal();
    wait_for_reload();
    loop_.run();
    log_info("stopped");
    return 0;
  }

 private:
  int fatal(const Error& error) {
    log_line(Severity::kFatal, "can't start", {{"error", error.message}});
    return 1;
  }

  void wait_for_signal() {
    signals_.async_wait([this](const asio::error_code& error, int signal) {
      if (error) return;
      log_info("stopping", {{"signal", signal}});
      reload_signal_.cancel();
      ::sd_notify(0, "STOPPING=1");
      for (auto& listener : listeners_) listener->stop();
      stop_deadline_ = system_clock().steady() + config_.stop_grace;
      poll_sessions();
    });
  }

  void wait_for_reload() {
    reload_signal_.async_wait([this](const asio::error_code& error, int) {
      if (error) return;
      reload_inspectors();
      wait_for_reload();
    });
  }

  void reload_inspectors() {
    log_info("reloading signatures and rules");
    ::sd_notify(0, "STATUS=loading signatures and rules");
    inspector_.reload(to_text(inspector_setup(config_, unpack_)), [](Result<std::string> loaded) {
      ::sd_notify(0, "STATUS=");
      if (loaded)
        log_info("reloaded", {{"loaded", *loaded}});
      else if (loaded.error().code != ECANCELED)
        log_error("not reloaded, the old ones stay", {{"error", loaded.error().message}});
    });
  }

  // Ends the loop when the last session has ended. At the end of the grace each is told to, and
  // only a delivery that goes on for kLastWords more is cut off: its sender will repeat it.
  void poll_sessions() {
    size_t left = 0;
    for (auto& listener : listeners_) left += listener->sessions();
    if (left == 0) return loop_.stop();
    const SteadyTime now = system_clock().steady();
    if (now >= stop_deadline_ + kLastWords) {
      log_warning("sessions cut off", {{"sessions", left}});
      return loop_.stop();
    }
    if (now >= stop_deadline_ && !std::exchange(sessions_ended_, true)) {
      for (auto& listener : listeners_) listener->end_sessions();
      inspector_.stop();
    }
    stop_timer_.expires_after(std::chrono::milliseconds(20));
    stop_timer_.async_wait([this](const asio::error_code& error) {
      if (!error) poll_sessions();
    });
  }

  const config::Config& config_;
  std::filesystem::path unpack_;
  SpoolFiles spool_files_;
  Admission admission_;
  asio::io_context loop_{1};
  asio::thread_pool files_{kFileThreads};
  route::Router router_;
  PoolInspector inspector_;
  Delivery::NextHops hops_;
  QuarantineHop quarantine_;
  Delivery delivery_;
  Services services_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  asio::signal_set signals_;
  asio::signal_set reload_signal_{loop_, SIGHUP};
  asio::steady_timer stop_timer_{loop_};
  SteadyTime stop_deadline_{};
  bool sessions_ended_ = false;
};

}  // namespace

int serve(const config::Config& config,
          const std::function<void(const std::vector<std::string>&)>& on_ready) {
  ::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit(config.smtp.connections_max);
  Server server(config);
  return server.run(on_ready);
}

bool check_sandbox(const config::Config& config) {
  if (auto made = make_folders(config); !made) {
    fmt::print("{}\n", made.error().message);
    return false;
  }
  const std::filesystem::path unpack = unpack_folder(config);
  const bool all = inspect::check_sandbox(inspector_setup(config, unpack));
  std::error_code ignored;
  if (unpack != config.spool) std::filesystem::remove_all(unpack, ignored);
  return all;
}

}  // namespace sekisho::gateway
