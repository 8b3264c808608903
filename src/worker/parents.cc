#include "worker/parents.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"

namespace sekisho::worker {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEndWait{2000};  // for a parent to kill and reap its workers
constexpr unsigned kDoublingsMax = 20;

// By real time, since a test's clock stands still here. False when nothing came.
bool wait_readable(int fd, milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    pollfd watched{fd, POLLIN, 0};
    const auto wait = std::clamp<milliseconds::rep>(left.count(), 0, 60'000);
    if (::poll(&watched, 1, static_cast<int>(wait)) > 0) return true;
    if (left.count() <= 0) return false;
  }
}

}  // namespace

Parents::Parents(const PoolOptions& options, const Clock& clock, EventSet& events)
    : options_(options), clock_(clock), events_(events) {}

Result<std::string> Parents::start_first() {
  if (const Result<void> spawned = spawn(); !spawned) return spawned.error();
  Result<std::string> text = wait_until_ready();
  if (!text) {
    current_.reset();
    return text;
  }
  ready_ = true;
  control_key_ = events_.watch(current_->control());
  return text;
}

Result<void> Parents::spawn() {
  Result<ParentProcess> spawned = ParentProcess::spawn(options_.argv);
  if (!spawned) return spawned.error();
  const Result<void> sent = send_message(spawned->control(), options_.setup, -1, Wait::kNo);
  if (!sent) return sent;
  current_.emplace(std::move(*spawned));
  ++generation_;
  ready_ = false;
  started_at_ = clock_.steady();
  return {};
}

Result<std::string> Parents::wait_until_ready() {
  if (!wait_readable(current_->control(), options_.start_timeout))
    return Error{"the workers' parent did not get ready in time", ETIMEDOUT};
  const Result<Received> got = receive();
  if (!got) return got.error();
  const std::string_view text = got->bytes;
  if (text.starts_with("ready ")) return std::string(text.substr(6));
  if (text.starts_with("failed ")) return Error{std::string(text.substr(7)), 0};
  current_->end_within(kEndWait);
  return Error{"the workers' parent ended before it was ready (" + current_->end() + ")", EPIPE};
}

Result<Received> Parents::receive() { return receive_message(current_->control(), Wait::kNo); }

void Parents::note_ready(std::string_view text) {
  ready_ = true;
  log_info("workers' parent is ready again", {{"with", text}});
}

bool Parents::send(std::string_view order) {
  return !current_ || send_message(current_->control(), order, -1, Wait::kNo).has_value();
}

void Parents::lose(std::string_view why) {
  log_error("workers' parent lost", {{"why", why}});
  events_.unwatch(current_->control());
  current_->close_control();
  current_->kill();
  const uint64_t key = events_.watch(current_->pidfd());
  former_.emplace(key, std::move(*current_));
  current_.reset();
  if (ready_ && clock_.steady() - started_at_ >= options_.restart_delay_max) losses_ = 0;
  plan_next();
}

void Parents::plan_next() {
  milliseconds delay{0};
  if (losses_ > 0) delay = options_.restart_delay * (1 << std::min(losses_ - 1, kDoublingsMax));
  next_at_ = clock_.steady() + std::min(delay, options_.restart_delay_max);
  ++losses_;
}

bool Parents::reap(uint64_t key) {
  const auto at = former_.find(key);
  if (at == former_.end()) return false;
  if (at->second.reap()) {
    events_.unwatch(at->second.pidfd());
    former_.erase(at);
  }
  return true;
}

bool Parents::attend(SteadyTime now) {
  const bool late = current_ && !ready_ && now - started_at_ >= options_.start_timeout;
  if (late) lose("did not get ready in time");
  if (current_ || !next_at_ || *next_at_ > now) return late;
  next_at_.reset();
  ++restarts_;
  if (const Result<void> spawned = spawn(); spawned) {
    control_key_ = events_.watch(current_->control());
  } else {
    log_error("workers' parent does not start", {{"why", spawned.error().message}});
    plan_next();
  }
  return late;
}

std::optional<SteadyTime> Parents::next_timeout() const {
  if (current_ && !ready_) return started_at_ + options_.start_timeout;
  return next_at_;
}

void Parents::stop() {
  next_at_.reset();
  if (current_) {
    events_.unwatch(current_->control());
    current_->close_control();
    current_->end_within(kEndWait);
    current_.reset();
  }
  former_.clear();
}

}  // namespace sekisho::worker
