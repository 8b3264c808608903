#include "gateway/server.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "gateway/control_socket.h"
#include "gateway/listener.h"
#include "gateway/reloader.h"
#include "worker/system_calls.h"

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
Result<std::filesystem::path> make_unpack_folder() {
  std::error_code error;
  for (const auto& top :
       {std::filesystem::path(kMemoryFolder), std::filesystem::temp_directory_path(error)}) {
    remove_left_by_the_dead(top, kUnpackPrefix);
    const auto folder = top / fmt::format("{}{}", kUnpackPrefix, ::getpid());
    // Workers go through it as another user.
    if (::mkdir(folder.c_str(), 0711) == 0 && ::chmod(folder.c_str(), 0711) == 0) return folder;
  }
  return errno_error("a folder to unpack in, in /dev/shm or the temporary folder");
}

size_t worker_count(const config::Config& config) {
  if (config.inspect.workers > 0) return config.inspect.workers;
  return std::max(1u, std::thread::hardware_concurrency()) + 1;
}

inspect::InspectorSetup inspector_setup(const config::Config& config,
                                        const std::filesystem::path& unpack,
                                        const std::filesystem::path& spool) {
  inspect::InspectorSetup setup;
  setup.rules = config.inspect.rules;
  setup.signatures = config.inspect.signatures;
  // A spool's folder takes a restart, and with it the default of this one.
  setup.scratch = config.inspect.scratch == config.spool ? spool : config.inspect.scratch;
  setup.unpack = unpack;
  setup.workers = worker_count(config);
  setup.allow_unscanned = config.inspect.allow_unscanned;
  setup.allow_rule_errors = config.inspect.allow_rule_errors;
  setup.require_sandbox = config.inspect.sandbox == config::SandboxNeed::kRequire;
  setup.memory_bytes_max = config.inspect.memory_bytes_max;
  setup.cpu_seconds_max = static_cast<unsigned>(config.inspect.job_timeout.count());
  return setup;
}

worker::PoolOptions pool_options(const config::Config& config,
                                 const std::filesystem::path& unpack) {
  worker::PoolOptions options;
  options.argv = {"/proc/self/exe", "inspector"};
  options.setup = to_text(inspector_setup(config, unpack, config.spool));
  options.job_timeout = config.inspect.job_timeout;
  options.queue_max = config.inspect.queue_max;
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

int fatal(const Error& error) {
  log_line(Severity::kFatal, "can't start", {{"error", error.message}});
  return 1;
}

// The front process: what lives as long as it does. The loop's end destroys the frames of what
// still runs, so what those touch in their destructors (spool files, admission) stands before the
// loop.
class Server {
 public:
  // `unpack` is the server's own, and goes with it.
  Server(config::Config config, std::filesystem::path unpack, ServeHooks hooks)
      : on_ready_(std::move(hooks.on_ready)),
        unpack_(std::move(unpack)),
        spool_(config.spool),
        spool_files_(config.spool),
        admission_(config.smtp.connections_max, config.smtp.connections_per_client_max),
        inspector_(loop_, pool_options(config, unpack_), config.spool / "poison"),
        services_{std::make_shared<ActiveConfig>(std::move(config), files_), inspector_,
                  spool_files_},
        reloader_(loop_, files_, services_, inspector_, reload_hooks(std::move(hooks.read_config))),
        control_(loop_, commands()),
        signals_(loop_) {}

  ~Server() {
    files_.join();  // what runs there uses the hops
    inspector_.stop();
    std::error_code ignored;
    std::filesystem::remove_all(unpack_, ignored);
  }

  int run() {
    if (auto made = make_folders(config()); !made) return fatal(made.error());
    if (auto opened = control_.open(config().spool); !opened) return fatal(opened.error());
    reloader_.note_start();
    const auto ready = inspector_.start();
    if (!ready) return fatal(ready.error());
    reloader_.note_ready(*ready);
    // Before this a signal simply ends the process: nothing is under way.
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    log_info("inspectors ready", {{"loaded", *ready}, {"workers", worker_count(config())}});
    if (auto listens = listen(); !listens) return fatal(listens.error());
    ::sd_notify(0, "READY=1");
    wait_for_signal();
    wait_for_reload();
    reloader_.watch();
    loop_.run();
    log_info("stopped");
    return 0;
  }

 private:
  const config::Config& config() const { return services_.active->config; }

  Result<void> listen() {
    std::vector<std::string> addresses;
    for (const config::Listener& settings : config().listeners) {
      listeners_.push_back(std::make_unique<Listener>(loop_, services_, admission_, settings));
      const auto address = listeners_.back()->start();
      if (!address) return address.error();
      log_info("listening", {{"role", "mx"}, {"address", *address}});
      addresses.push_back(*address);
    }
    if (on_ready_) on_ready_(addresses);
    return {};
  }

  void wait_for_signal() {
    signals_.async_wait([this](const asio::error_code& error, int signal) {
      if (error) return;
      log_info("stopping", {{"signal", signal}});
      reload_signal_.cancel();
      reloader_.stop();
      control_.close();
      ::sd_notify(0, "STOPPING=1");
      for (auto& listener : listeners_) listener->stop();
      stop_deadline_ = system_clock().steady() + config().stop_grace;
      poll_sessions();
    });
  }

  void wait_for_reload() {
    reload_signal_.async_wait([this](const asio::error_code& error, int) {
      if (error) return;
      reload(Reloader::Scope::kChanged, {});
      wait_for_reload();
    });
  }

  void reload(Reloader::Scope scope, Reloader::Done done) {
    ::sd_notify(0, "STATUS=reloading");
    reloader_.reload(scope, [done = std::move(done)](const Result<std::string>& summary) {
      ::sd_notify(0, "STATUS=");
      if (done) done(summary);
    });
  }

  Reloader::Hooks reload_hooks(std::function<config::LoadedConfig()> read_config) {
    return {std::move(read_config),
            [this](const config::Config& config) {
              return to_text(inspector_setup(config, unpack_, spool_));
            },
            [this](const config::Config& config) {
              set_log_format(config.log_format);
              admission_.set_limits(config.smtp.connections_max,
                                    config.smtp.connections_per_client_max);
            }};
  }

  ControlSocket::Commands commands() {
    using Reply = ControlSocket::Reply;
    return {{"reload", [this](const Reply& reply) { reload(Reloader::Scope::kChanged, reply); }},
            {"reload all", [this](const Reply& reply) { reload(Reloader::Scope::kAll, reply); }},
            {"status", [this](const Reply& reply) { reply(status()); }}};
  }

  std::string status() const {
    size_t sessions = 0;
    for (const auto& listener : listeners_) sessions += listener->sessions();
    const worker::Counters pool = inspector_.counters();
    return nlohmann::json{{"sessions", sessions},
                          {"domains", config().domains.size()},
                          {"workers", {{"idle", pool.idle}, {"busy", pool.busy}}},
                          {"waiting", pool.queued},
                          {"inspected", pool.jobs},
                          {"not_inspected", pool.failed},
                          {"worker_deaths", pool.deaths},
                          {"worker_timeouts", pool.timeouts}}
        .dump();
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

  std::function<void(const std::vector<std::string>&)> on_ready_;
  const std::filesystem::path unpack_;
  const std::filesystem::path spool_;  // since the start
  SpoolFiles spool_files_;
  Admission admission_;
  asio::io_context loop_{1};
  asio::thread_pool files_{kFileThreads};
  PoolInspector inspector_;
  Services services_;
  Reloader reloader_;
  ControlSocket control_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  asio::signal_set signals_;
  asio::signal_set reload_signal_{loop_, SIGHUP};
  asio::steady_timer stop_timer_{loop_};
  SteadyTime stop_deadline_{};
  bool sessions_ended_ = false;
};

// A front that was taken over gets little further. No core file: it would hold mail.
void harden_front() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  if (auto done = worker::forbid_powerful_calls(); !done)
    log_warning("front without a system call filter", {{"error", done.error().message}});
}

}  // namespace

int serve(config::Config config, ServeHooks hooks) {
  ::signal(SIGPIPE, SIG_IGN);
  harden_front();
  raise_descriptor_limit(config.smtp.connections_max);
  auto unpack = make_unpack_folder();
  if (!unpack) return fatal(unpack.error());
  Server server(std::move(config), std::move(*unpack), std::move(hooks));
  return server.run();
}

bool check_sandbox(const config::Config& config) {
  if (auto made = make_folders(config); !made) {
    fmt::print("{}\n", made.error().message);
    return false;
  }
  const auto unpack = make_unpack_folder();
  if (!unpack) {
    fmt::print("{}\n", unpack.error().message);
    return false;
  }
  const bool all = inspect::check_sandbox(inspector_setup(config, *unpack, config.spool));
  std::error_code ignored;
  std::filesystem::remove_all(*unpack, ignored);
  return all;
}

}  // namespace sekisho::gateway
