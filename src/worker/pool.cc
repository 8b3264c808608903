#include "worker/pool.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "worker/channel.h"
#include "worker/parent_process.h"

namespace sekisho::worker {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEndWait{2000};  // for the parent to kill and reap its workers

struct Job {
  uint64_t id = 0;
  std::string text;
  int fd = -1;
  Pool::Done done;  // empty once cancelled
  unsigned attempts = 0;
  SteadyTime queue_deadline;
};

struct Worker {
  UniqueFd channel;
  uint64_t serial = 0;      // the parent's name for it
  uint64_t parent_key = 0;  // which parent
  std::optional<Job> job;
  SteadyTime deadline;
  bool used = false;
};

// "worker SERIAL PID"
uint64_t parse_serial(std::string_view text) {
  uint64_t serial = 0;
  const size_t blank = std::min(text.find(' '), text.size());
  std::from_chars(text.data() + blank + (blank < text.size() ? 1 : 0), text.data() + text.size(),
                  serial);
  return serial;
}

bool worker_is_gone(const Error& error) {
  return error.code == EPIPE || error.code == EAGAIN || error.code == ENOTCONN ||
         error.code == ECONNREFUSED;
}

// Milliseconds for poll(), rounded up so that it never wakes just too early.
int poll_milliseconds(std::chrono::nanoseconds left) {
  const auto rounded = std::chrono::ceil<milliseconds>(left).count();
  return static_cast<int>(std::clamp<milliseconds::rep>(rounded, 0, 60'000));
}

}  // namespace

// Descriptors in the epoll set are named by keys that are never used twice, so that an event of one
// that was dropped a moment ago finds nothing.
struct Pool::State {
  State(PoolOptions o, const Clock& c) : options(std::move(o)), clock(c) {
    SEKISHO_CHECK(epoll && wake);
    watch(wake.get(), kWakeKey);
  }

  // --- descriptors ---
  void watch(int fd, uint64_t key) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key;
    SEKISHO_CHECK(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  }
  void unwatch(int fd) { ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, fd, nullptr); }
  void raise() { SEKISHO_CHECK(::eventfd_write(wake.get(), 1) == 0); }

  // --- jobs ---
  uint64_t submit(std::string text, int fd, Done done) {
    Job job{++last_id, std::move(text), fd, std::move(done), 0, {}};
    if (stopped) {
      finish(job, Error{"the pool has stopped", ECANCELED});
    } else if (job.text.empty() || job.text.size() > kMessageBytesMax) {
      finish(job, Error{"job of " + std::to_string(job.text.size()) + " bytes", EMSGSIZE});
    } else if (queue.size() >= options.queue_max) {
      finish(job, Error{"too many jobs are waiting", EAGAIN});
    } else {
      enqueue(std::move(job));
      assign();
    }
    return last_id;
  }

  void enqueue(Job job) {
    job.queue_deadline = clock.steady() + options.queue_timeout;
    queue.emplace(job.id, std::move(job));
  }

  void finish(Job& job, Result<std::string> result) {
    if (!job.done) return;
    if (result)
      ++counters.jobs;
    else
      ++(result.error().code == ECANCELED ? counters.cancelled : counters.failed);
    if (finished.empty()) raise();
    finished.emplace_back(std::exchange(job.done, nullptr), std::move(result));
  }

  void retry_or_fail(Job job, Error why) {
    if (!job.done) return;
    if (job.attempts >= options.attempts) return finish(job, std::move(why));
    ++counters.retries;
    enqueue(std::move(job));
  }

  void cancel(uint64_t id) {
    const Error why{"cancelled", ECANCELED};
    if (const auto waiting = queue.find(id); waiting != queue.end()) {
      finish(waiting->second, why);
      queue.erase(waiting);
    } else {
      for (auto& [key, worker] : workers)
        if (worker.job && worker.job->id == id) finish(*worker.job, why);
    }
  }

  void assign() {
    while (!queue.empty() && !idle.empty()) {
      const uint64_t key = idle.back();
      Worker& worker = workers.at(key);
      Job& job = queue.begin()->second;
      announce_use(worker);
      const Result<void> sent = send_message(worker.channel.get(), job.text, job.fd, Wait::kNo);
      if (!sent && worker_is_gone(sent.error())) {  // the job was not seen: no attempt
        ++counters.deaths;
        drop_worker(key);
        continue;
      }
      if (sent) {
        idle.pop_back();
        ++job.attempts;
        worker.deadline = clock.steady() + options.job_timeout;
        worker.job = std::move(job);
      } else {
        finish(job, sent.error());
      }
      queue.erase(queue.begin());
    }
  }

  // --- workers ---
  void add_worker(Received hello) {
    if (!hello.fd) return;
    const uint64_t key = ++last_key;
    watch(hello.fd.get(), key);
    workers.emplace(
        key, Worker{std::move(hello.fd), parse_serial(hello.bytes), parent_key, {}, {}, false});
    idle.push_back(key);
  }

  Worker take_worker(uint64_t key) {
    Worker worker = std::move(workers.extract(key).mapped());
    std::erase(idle, key);
    unwatch(worker.channel.get());  // before it is closed: the sender may still hold the other copy
    return worker;
  }

  void drop_worker(uint64_t key) { take_worker(key); }

  // A lost announcement costs a delay at worst.
  void announce_use(Worker& worker) {
    if (std::exchange(worker.used, true) || !parent) return;
    (void)send_message(parent->control(), "used " + std::to_string(worker.serial), -1, Wait::kNo);
  }

  void kill_worker(const Worker& worker) {
    // Serials count from 1 in each parent; the workers of a dead one die with it.
    if (!parent || worker.parent_key != parent_key) return;
    const std::string order = "kill " + std::to_string(worker.serial);
    if (!send_message(parent->control(), order, -1, Wait::kNo)) lose_parent("does not take orders");
  }

  void on_worker(uint64_t key) {
    Worker& worker = workers.at(key);
    Result<Received> got = receive_message(worker.channel.get(), Wait::kNo);
    if (got && got->kind == Received::Kind::kNothing) return;
    if (got && got->is_message() && worker.job) {
      finish(*worker.job, std::move(got->bytes));
      worker.job.reset();
      if (worker.parent_key == parent_key)
        idle.push_back(key);
      else
        drop_worker(key);
      return;
    }
    // Dead, or it speaks out of turn: then its next reply could be taken for another job's.
    ++counters.deaths;
    Worker gone = take_worker(key);
    if (!got || got->is_message()) kill_worker(gone);
    if (gone.job) retry_or_fail(std::move(*gone.job), Error{"the worker died", EPIPE});
  }

  void expire_workers(SteadyTime now) {
    std::vector<uint64_t> late;
    for (const auto& [key, worker] : workers)
      if (worker.job && worker.deadline <= now) late.push_back(key);
    for (const uint64_t key : late) {
      Worker stuck = take_worker(key);
      ++counters.timeouts;
      log_warning("worker over its deadline", {{"job", stuck.job->id}});
      kill_worker(stuck);
      retry_or_fail(std::move(*stuck.job), Error{"the worker took too long", ETIMEDOUT});
    }
  }

  // The earliest deadline of the queue: jobs tried before have later ones but stand first.
  auto next_to_expire() {
    auto at = queue.begin();
    auto best = at;
    for (; at != queue.end(); ++at) {
      if (at->second.queue_deadline < best->second.queue_deadline) best = at;
      if (at->second.attempts == 0) break;
    }
    return best;
  }

  void expire_queue(SteadyTime now) {
    while (!queue.empty()) {
      const auto at = next_to_expire();
      if (at->second.queue_deadline > now) return;
      finish(at->second, Error{"no worker was free in time", ETIMEDOUT});
      queue.erase(at);
    }
  }

  // --- parent ---
  Result<void> spawn_parent() {
    Result<ParentProcess> spawned = ParentProcess::spawn(options.argv);
    if (!spawned) return spawned.error();
    const Result<void> sent = send_message(spawned->control(), options.setup, -1, Wait::kNo);
    if (!sent) return sent;
    parent.emplace(std::move(*spawned));
    parent_key = ++last_key;
    ready = false;
    started_at = clock.steady();
    return {};
  }

  void on_control() {
    Result<Received> got = receive_message(parent->control(), Wait::kNo);
    if (!got && got.error().code == EMFILE) {  // we are out of descriptors; that worker will end
      return log_error("worker lost", {{"why", got.error().message}});
    }
    if (!got || got->kind == Received::Kind::kClosed) return lose_parent("ended");
    if (!got->is_message()) return;
    const std::string_view text = got->bytes;
    if (text.starts_with("worker ")) {
      add_worker(std::move(*got));
    } else if (text.starts_with("ready ")) {
      ready = true;
      log_info("workers' parent is ready again", {{"with", text.substr(6)}});
    } else if (text.starts_with("failed ")) {
      lose_parent(text.substr(7));
    }
  }

  void lose_parent(std::string_view why) {
    log_error("workers' parent lost", {{"why", why}});
    unwatch(parent->control());
    parent->close_control();
    parent->kill();
    const uint64_t key = ++last_key;
    watch(parent->pidfd(), key);
    leaving.emplace(key, std::move(*parent));
    parent.reset();
    parent_key = 0;
    while (!idle.empty())
      drop_worker(idle.back());  // they are about to be killed; the busy may answer
    schedule_restart();
  }

  void schedule_restart() {
    const SteadyTime now = clock.steady();
    if (ready && now - started_at >= options.restart_delay_max) failures = 0;
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0, 20u);
    const milliseconds delay =
        failures == 0 ? milliseconds(0) : options.restart_delay * (1 << doublings);
    restart_at = now + std::min(delay, options.restart_delay_max);
    ++failures;
  }

  void attend_parent(SteadyTime now) {
    if (parent && !ready && now - started_at >= options.start_timeout)
      lose_parent("did not get ready in time");
    if (parent || !restart_at || *restart_at > now) return;
    restart_at.reset();
    ++counters.restarts;
    const Result<void> spawned = spawn_parent();
    if (spawned) return watch(parent->control(), parent_key);
    log_error("workers' parent does not start", {{"why", spawned.error().message}});
    schedule_restart();
  }

  // --- the loop's turn ---
  void take_events() {
    epoll_event events[64];
    const int n = ::epoll_wait(epoll.get(), events, 64, 0);
    for (int i = 0; i < n; ++i) {
      const uint64_t key = events[i].data.u64;
      if (key == kWakeKey) {
        eventfd_t unused;
        ::eventfd_read(wake.get(), &unused);
      } else if (parent && key == parent_key) {
        on_control();
      } else if (workers.count(key) > 0) {
        on_worker(key);
      } else if (const auto at = leaving.find(key); at != leaving.end() && at->second.reap()) {
        leaving.erase(at);
      }
    }
  }

  void dispatch() {
    SEKISHO_CHECK(!dispatching);
    dispatching = true;
    take_events();
    const SteadyTime now = clock.steady();
    expire_workers(now);
    attend_parent(now);
    assign();  // before the queue expires: who can be served now is not too late
    expire_queue(now);
    call_finished();
    dispatching = false;
  }

  void call_finished() {
    while (!finished.empty())
      for (auto& [done, result] : std::exchange(finished, {})) done(std::move(result));
  }

  std::optional<SteadyTime> next_timeout() {
    std::optional<SteadyTime> next = restart_at;
    const auto consider = [&next](SteadyTime t) { next = next ? std::min(*next, t) : t; };
    if (parent && !ready) consider(started_at + options.start_timeout);
    for (const auto& [key, worker] : workers)
      if (worker.job) consider(worker.deadline);
    if (!queue.empty()) consider(next_to_expire()->second.queue_deadline);
    return next;
  }

  size_t busy() const {
    return static_cast<size_t>(std::count_if(
        workers.begin(), workers.end(), [](const auto& w) { return w.second.job.has_value(); }));
  }

  static constexpr uint64_t kWakeKey = 1;

  const PoolOptions options;
  const Clock& clock;
  UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
  UniqueFd wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::map<uint64_t, Job> queue;  // by id: first come, first served, and a retry before all
  std::map<uint64_t, Worker> workers;
  std::vector<uint64_t> idle;  // keys; the last used first: its memory is warm
  std::vector<std::pair<Done, Result<std::string>>> finished;
  std::optional<ParentProcess> parent;
  std::map<uint64_t, ParentProcess> leaving;  // killed, not reaped yet
  uint64_t parent_key = 0;
  SteadyTime started_at;
  std::optional<SteadyTime> restart_at;
  unsigned failures = 0;  // of parents, in a row
  uint64_t last_key = kWakeKey;
  uint64_t last_id = 0;
  bool ready = false;
  bool stopped = false;
  bool dispatching = false;
  Counters counters;
};

namespace {

// By real time, a test's clock stands still here. False when nothing came.
bool wait_readable(int fd, milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    pollfd watched{fd, POLLIN, 0};
    const auto left = end - std::chrono::steady_clock::now();
    const int n = ::poll(&watched, 1, poll_milliseconds(left));
    if (n > 0) return true;
    if (left.count() <= 0) return false;
  }
}

// The first message of a parent that is starting.
Result<std::string> wait_until_ready(ParentProcess& parent, milliseconds timeout) {
  if (!wait_readable(parent.control(), timeout))
    return Error{"the workers' parent did not get ready in time", ETIMEDOUT};
  Result<Received> got = receive_message(parent.control(), Wait::kNo);
  if (!got) return got.error();
  const std::string_view text = got->bytes;
  if (text.starts_with("ready ")) return std::string(text.substr(6));
  if (text.starts_with("failed ")) return Error{std::string(text.substr(7)), 0};
  parent.end_within(kEndWait);
  return Error{"the workers' parent ended before it was ready (" + parent.end() + ")", EPIPE};
}

}  // namespace

Pool::Pool(PoolOptions options, const Clock& clock)
    : state_(std::make_unique<State>(std::move(options), clock)) {}

Pool::~Pool() { stop(); }

Result<std::string> Pool::start() {
  State& s = *state_;
  if (s.parent || s.stopped) return Error{"the pool has been started before", EALREADY};
  if (const Result<void> spawned = s.spawn_parent(); !spawned) return spawned.error();
  Result<std::string> text = wait_until_ready(*s.parent, s.options.start_timeout);
  if (!text) {
    s.parent.reset();
    return text;
  }
  s.ready = true;
  s.watch(s.parent->control(), s.parent_key);
  return text;
}

uint64_t Pool::submit(std::string job, int fd, Done done) {
  return state_->submit(std::move(job), fd, std::move(done));
}

void Pool::cancel(uint64_t id) { state_->cancel(id); }
int Pool::event_fd() const { return state_->epoll.get(); }
std::optional<SteadyTime> Pool::next_timeout() const { return state_->next_timeout(); }
void Pool::dispatch() { state_->dispatch(); }

void Pool::stop(milliseconds grace) {
  State& s = *state_;
  SEKISHO_CHECK(!s.dispatching);
  const auto end = std::chrono::steady_clock::now() + grace;
  while (!s.stopped && (s.busy() > 0 || !s.queue.empty())) {
    auto left = std::chrono::nanoseconds(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    if (const auto next = s.next_timeout())
      left = std::min(left, std::chrono::nanoseconds(*next - s.clock.steady()));
    pollfd watched{s.epoll.get(), POLLIN, 0};
    ::poll(&watched, 1, poll_milliseconds(left));
    s.dispatch();
  }
  s.stopped = true;
  const Error why{"the pool has stopped", ECANCELED};
  for (auto& [key, worker] : s.workers)
    if (worker.job) s.finish(*worker.job, why);
  for (auto& [id, job] : s.queue) s.finish(job, why);
  s.workers.clear();
  s.idle.clear();
  s.queue.clear();
  s.restart_at.reset();
  if (s.parent) {
    s.parent->close_control();
    s.parent->end_within(kEndWait);
    s.parent.reset();
    s.parent_key = 0;
  }
  s.leaving.clear();
  s.call_finished();
}

Counters Pool::counters() const {
  Counters now = state_->counters;
  now.idle = state_->idle.size();
  now.busy = state_->busy();
  now.queued = state_->queue.size();
  return now;
}

}  // namespace sekisho::worker
