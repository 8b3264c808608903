#include "worker/parents.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

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
    : options_(options), clock_(clock), events_(events), setup_(options.setup) {}

Result<std::string> Parents::start_first() {
  Result<Parent> spawned = spawn(setup_);
  if (!spawned) return spawned.error();
  current_.emplace(std::move(*spawned));
  Result<std::string> text = wait_until_ready();
  if (!text) {
    current_.reset();
    return text;
  }
  get_ready(*current_, *text);
  current_->key = events_.watch(current_->process.control());
  return text;
}

Result<Parents::Parent> Parents::spawn(std::string setup) {
  Result<ParentProcess> spawned = ParentProcess::spawn(options_.argv);
  if (!spawned) return spawned.error();
  const Result<void> sent = send_message(spawned->control(), setup, -1, Wait::kNo);
  if (!sent) return sent.error();
  const SteadyTime now = clock_.steady();
  return Parent{std::move(*spawned), ++last_generation_, now, now, std::move(setup)};
}

Result<std::string> Parents::wait_until_ready() {
  ParentProcess& process = current_->process;
  if (!wait_readable(process.control(), options_.start_timeout))
    return Error{"the workers' parent did not get ready in time", ETIMEDOUT};
  const Result<Received> got = receive_message(process.control(), Wait::kNo);
  if (!got) return got.error();
  const std::string_view text = got->bytes;
  if (text.starts_with("ready ")) return std::string(text.substr(6));
  if (text.starts_with("failed ")) return Error{std::string(text.substr(7)), 0};
  process.end_within(kEndWait);
  return Error{"the workers' parent ended before it was ready (" + process.end() + ")", EPIPE};
}

Parents::Kind Parents::kind_of(uint64_t key) const {
  if (current_ && current_->key == key) return Kind::kPresent;
  if (coming_ && coming_->key == key) return Kind::kComing;
  return retiring_.count(key) > 0 ? Kind::kRetiring : Kind::kNone;
}

Result<Received> Parents::receive(uint64_t key) {
  const Kind kind = kind_of(key);
  const Parent& parent = kind == Kind::kPresent  ? *current_
                         : kind == Kind::kComing ? *coming_
                                                 : retiring_.at(key);
  return receive_message(parent.process.control(), Wait::kNo);
}

void Parents::note_ready(std::string_view text) {
  get_ready(*current_, text);
  log_info("workers' parent is ready again", {{"with", text}});
}

void Parents::get_ready(Parent& parent, std::string_view text) const {
  parent.ready = true;
  parent.text = text;
  parent.waited_for_since = clock_.steady();
}

bool Parents::serves(const Parent& parent) const {
  return parent.ready && (parent.proven || options_.trials.empty());
}

std::optional<SteadyTime> Parents::late_at(const std::optional<Parent>& parent) const {
  if (!parent || serves(*parent)) return std::nullopt;
  return parent->waited_for_since +
         (parent->ready ? options_.proof_timeout : options_.start_timeout);
}

const Parents::Parent* Parents::find(uint64_t generation) const {
  if (current_ && current_->generation == generation) return &*current_;
  if (coming_ && coming_->generation == generation) return &*coming_;
  for (const auto& [key, parent] : retiring_)
    if (parent.generation == generation) return &parent;
  return nullptr;
}

std::string_view Parents::ready_text(uint64_t generation) const {
  const Parent* parent = find(generation);
  return parent != nullptr ? std::string_view(parent->text) : std::string_view();
}

bool Parents::has_ended(uint64_t generation) const {
  const Parent* parent = find(generation);
  if (parent == nullptr) return true;
  pollfd control{parent->process.control(), POLLRDHUP, 0};
  return ::poll(&control, 1, 0) > 0;
}

bool Parents::is_proven(uint64_t generation) const {
  const Parent* parent = find(generation);
  return parent != nullptr && parent->proven;
}

void Parents::note_proof(uint64_t generation, Proof proof) {
  for (auto* parent : {&current_, &coming_}) {
    if (!*parent || (*parent)->generation != generation) continue;
    const bool was_proven = std::exchange((*parent)->proven, proof == Proof::kPassed);
    if (was_proven) (*parent)->waited_for_since = clock_.steady();
  }
}

bool Parents::send(uint64_t generation, std::string_view order) {
  if (current_ && current_->generation == generation)
    return send_message(current_->process.control(), order, -1, Wait::kNo).has_value();
  const Parent* other = find(generation);
  if (other != nullptr && !send_message(other->process.control(), order, -1, Wait::kNo))
    log_warning("parent takes no orders", {{"generation", generation}});
  return true;
}

// Its end is awaited by events.
void Parents::bury(Parent parent) {
  if (parent.key != 0) events_.unwatch(parent.process.control());
  parent.process.close_control();
  const uint64_t key = events_.watch(parent.process.pidfd());
  former_.emplace(key, std::move(parent.process));
}

void Parents::lose(std::string_view why) {
  log_error("workers' parent lost", {{"why", why}});
  current_->process.kill();
  const bool lasted =
      serves(*current_) && clock_.steady() - current_->started_at >= options_.restart_delay_max;
  if (lasted) losses_ = 0;
  bury(std::move(*current_));
  current_.reset();
  plan_next();
}

Result<void> Parents::load_beside(std::string setup) {
  give_up_coming();
  Result<Parent> spawned = spawn(std::move(setup));
  if (!spawned) return spawned.error();
  coming_.emplace(std::move(*spawned));
  coming_->key = events_.watch(coming_->process.control());
  return {};
}

void Parents::give_up_coming() {
  if (!coming_) return;
  coming_->process.kill();
  bury(std::move(*coming_));
  coming_.reset();
}

void Parents::take_over() {
  if (current_) {
    if (!send_message(current_->process.control(), "retire", -1, Wait::kNo)) {
      current_->process.kill();
      bury(std::move(*current_));
    } else {
      retiring_.emplace(current_->key, std::move(*current_));
    }
  }
  current_.reset();
  current_.emplace(std::move(*coming_));
  coming_.reset();
  setup_ = current_->setup;
  next_at_.reset();
  losses_ = 0;
}

void Parents::lose_retiring(uint64_t key) { bury(std::move(retiring_.extract(key).mapped())); }

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

Parents::Lost Parents::attend(SteadyTime now) {
  const auto why_late = [&](const std::optional<Parent>& parent) -> std::string_view {
    const auto late = late_at(parent);
    if (!late || now < *late) return {};
    return parent->ready ? "did not pass its self-test in time" : "did not get ready in time";
  };
  const Lost lost{why_late(current_), why_late(coming_)};
  if (!lost.coming.empty()) give_up_coming();
  if (!lost.present.empty()) lose(lost.present);
  if (current_ || !next_at_ || *next_at_ > now) return lost;
  next_at_.reset();
  ++restarts_;
  if (Result<Parent> spawned = spawn(setup_); spawned) {
    current_.emplace(std::move(*spawned));
    current_->key = events_.watch(current_->process.control());
  } else {
    log_error("workers' parent does not start", {{"why", spawned.error().message}});
    plan_next();
  }
  return lost;
}

std::optional<SteadyTime> Parents::next_timeout() const {
  std::optional<SteadyTime> next = current_ ? std::nullopt : next_at_;
  for (const auto* parent : {&current_, &coming_})
    if (const auto late = late_at(*parent)) next = next ? std::min(*next, *late) : *late;
  return next;
}

void Parents::stop() {
  next_at_.reset();
  give_up_coming();
  for (auto& [key, parent] : retiring_) {
    parent.process.kill();
    bury(std::move(parent));
  }
  retiring_.clear();
  if (current_) {
    if (current_->key != 0) events_.unwatch(current_->process.control());
    current_->process.close_control();
    current_->process.end_within(kEndWait);
    current_.reset();
  }
  former_.clear();
}

}  // namespace sekisho::worker
