#include "gateway/reloader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "gateway/blocking.h"

namespace sekisho::gateway {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes kRetryAfter{10};  // memory may have been short, or the disk

FileStamps scanner_stamps(const config::Config& config) {
  std::vector<std::filesystem::path> paths = config.inspect.rules;
  paths.insert(paths.end(), config.inspect.signatures.begin(), config.inspect.signatures.end());
  return stamps_of(paths);
}

// All mistakes to the log, one for who asked.
Error refuse(const std::vector<config::ConfigError>& mistakes) {
  for (const config::ConfigError& mistake : mistakes)
    log_error("configuration",
              {{"file", mistake.file}, {"line", mistake.line}, {"what", mistake.what}});
  std::string text = mistakes.front().text();
  if (mistakes.size() > 1)
    text += " (and " + std::to_string(mistakes.size() - 1) + " more mistakes, see the log)";
  return Error{std::move(text)};
}

}  // namespace

struct Reloader::Read {
  std::vector<config::ConfigError> mistakes;
  std::shared_ptr<const ActiveConfig> active;  // when there are none
  std::string setup;
  FileStamps stamps;
};

Reloader::Reloader(asio::io_context& loop, asio::thread_pool& files, Services& services,
                   PoolInspector& inspector, Hooks hooks)
    : loop_(loop),
      files_(files),
      services_(services),
      inspector_(inspector),
      hooks_(std::move(hooks)),
      timer_(loop) {}

void Reloader::note_start() {
  started_with_ = services_.active->config;
  started_with_.domains.clear();
  setup_ = hooks_.setup_of(services_.active->config);
  loaded_ = scanner_stamps(services_.active->config);
}

void Reloader::note_ready(const std::string& text) {
  ready_ = text;
  inspector_.restart_with(inspect::setup_no_less(setup_, ready_));
}

void Reloader::reload(Scope scope, Done done) {
  if (!next_) next_.emplace(Request{scope, {}});
  next_->scope = std::max(next_->scope, scope);
  next_->done.push_back(std::move(done));
  if (!std::exchange(running_, true)) asio::co_spawn(loop_, run(), asio::detached);
}

void Reloader::stop() {
  stopped_ = true;
  timer_.cancel();
}

net::awaitable<void> Reloader::run() {
  while (next_ && !stopped_) {
    const Request request = *std::exchange(next_, std::nullopt);
    log_info("reloading");
    const Result<std::string> summary = co_await take_over(request.scope);
    if (summary)
      log_info("reloaded", {{"loaded", *summary}});
    else
      log_error("not reloaded, everything stays as it was", {{"error", summary.error().message}});
    for (const Done& done : request.done)
      if (done) done(summary);
  }
  running_ = false;
}

net::awaitable<Result<Reloader::Read>> Reloader::read_files(Scope scope) {
  const auto before = services_.active;  // goes on this thread
  std::function<Read()> call = [this, scope, &before]() {
    Read read;
    if (scope == Scope::kScanners) return Read{{}, before, setup_, scanner_stamps(before->config)};
    config::LoadedConfig loaded = hooks_.read_config();
    read.mistakes = std::move(loaded.errors);
    if (!read.mistakes.empty()) return read;
    read.setup = hooks_.setup_of(loaded.config);
    read.stamps = scanner_stamps(loaded.config);
    read.active = std::make_shared<ActiveConfig>(std::move(loaded.config), files_, before.get());
    return read;
  };
  auto read = co_await run_blocking(files_, std::move(call));
  co_return read;
}

bool Reloader::is_loaded(const Read& read) const {
  return read.setup == setup_ && read.stamps == loaded_;
}

net::awaitable<Result<std::string>> Reloader::load_inspectors(const std::string& setup) {
  const auto executor = co_await asio::this_coro::executor;
  using Reply = Result<std::string>;
  const auto promised = std::make_shared<Promised<Reply>>(executor);
  inspector_.reload(setup, [promised](Reply reply) { promised->set(std::move(reply)); });
  co_return co_await Promised<Reply>::wait(promised);
}

net::awaitable<Result<std::string>> Reloader::take_over(Scope scope) {
  const SteadyTime begun = system_clock().steady();
  Result<Read> read = co_await read_files(scope);
  if (!read) co_return read.error();
  if (!read->mistakes.empty()) co_return refuse(read->mistakes);
  json summary{{"domains", read->active->config.domains.size()}, {"inspectors", "unchanged"}};
  if (scope == Scope::kAll || !is_loaded(*read)) {
    const std::string setup =
        scope == Scope::kAll ? read->setup : inspect::setup_no_less(read->setup, ready_);
    Result<std::string> loaded = co_await load_inspectors(setup);
    if (!loaded) {
      refused_ = std::move(read->stamps);
      retry_at_ = system_clock().steady() + kRetryAfter;
      co_return loaded;
    }
    summary["inspectors"] = json::parse(*loaded, nullptr, false);
    setup_ = std::move(read->setup);
    loaded_ = std::move(read->stamps);
    note_ready(*loaded);
  }
  const std::string restart = needs_restart(started_with_, read->active->config);
  if (!restart.empty()) {
    log_warning("takes effect at a restart", {{"settings", restart}});
    summary["needs_restart"] = restart;
  }
  services_.active = std::move(read->active);
  hooks_.on_change(services_.active->config);
  summary["seconds"] = std::chrono::duration<double>(system_clock().steady() - begun).count();
  co_return summary.dump(-1, ' ', false, json::error_handler_t::replace);
}

void Reloader::watch() { asio::co_spawn(loop_, watch_files(), asio::detached); }

// False when that is over, or nothing is to be looked at now.
net::awaitable<bool> Reloader::wait_for_next_look() {
  constexpr std::chrono::seconds kIdle{60};  // a reload may set an interval
  const std::chrono::seconds interval = services_.active->config.inspect.watch_interval;
  timer_.expires_after(interval.count() > 0 ? interval : kIdle);
  asio::error_code error;
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  co_return !stopped_ && interval.count() > 0;
}

bool Reloader::is_refused(const FileStamps& now) const {
  return now == refused_ && system_clock().steady() < retry_at_;
}

// A change is taken over when it has stood for a whole interval: who writes several files, or one
// slowly, is not interrupted.
net::awaitable<void> Reloader::watch_files() {
  FileStamps seen = loaded_;
  while (!stopped_) {
    const bool look = co_await wait_for_next_look();
    if (!look) continue;
    const auto active = services_.active;  // goes on this thread
    std::function<FileStamps()> call = [&config = active->config] {
      return scanner_stamps(config);
    };
    const Result<FileStamps> now = co_await run_blocking(files_, std::move(call));
    if (!now) continue;
    const bool settled = *now == std::exchange(seen, *now);
    if (!settled || *now == loaded_ || is_refused(*now) || running_) continue;
    log_info("files changed", {{"first", first_difference(loaded_, *now)}});
    reload(Scope::kScanners, {});
  }
}

}  // namespace sekisho::gateway
