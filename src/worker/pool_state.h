// worker/pool_state.h: what a Pool consists of: jobs, workers, parents, and what happens to each.
//
// Included by pool.cc and pool_trials.cc alone.

#pragma once

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "worker/channel.h"
#include "worker/event_set.h"
#include "worker/job_queue.h"
#include "worker/parents.h"
#include "worker/pool.h"

namespace sekisho::worker {

using std::chrono::milliseconds;

struct Worker {
  UniqueFd channel;
  uint64_t serial = 0;      // the parent's name for it
  uint64_t generation = 0;  // which parent
  std::optional<Job> job;
  SteadyTime deadline;
  bool used = false;
  std::optional<size_t> trial = {};  // the one it is at
  bool trial_due = false;

  bool works() const { return job || trial; }
};

// In a row, of one generation's workers.
struct TrialMisses {
  unsigned losses = 0;
  unsigned wrong_answers = 0;
};

// "worker SERIAL PID"
inline uint64_t parse_serial(std::string_view text) {
  uint64_t serial = 0;
  text.remove_prefix(std::min(text.size(), text.find(' ') + 1));
  std::from_chars(text.data(), text.data() + text.size(), serial);
  return serial;
}

inline bool worker_is_gone(const Error& error) {
  return error.code == EPIPE || error.code == EAGAIN || error.code == ENOTCONN ||
         error.code == ECONNREFUSED;
}

struct Pool::State {
  State(PoolOptions o, const Clock& c)
      : options(std::move(o)), clock(c), parents(options, clock, events) {}

  // Jobs.
  uint64_t submit(std::string text, int fd, Done done, Weight weight) {
    Job job{++last_id, std::move(text), fd, std::move(done), 0, {}, weight};
    if (stopped) {
      finish(job, Error{"the pool has stopped", ECANCELED});
    } else if (job.text.empty() || job.text.size() > kMessageBytesMax) {
      finish(job, Error{"job of " + std::to_string(job.text.size()) + " bytes", EMSGSIZE});
    } else if (full()) {
      finish(job, Error{"too many jobs are waiting", EAGAIN});
    } else {
      enqueue(std::move(job));
      assign();
    }
    return last_id;
  }

  bool full() const { return queue.size() >= options.queue_max; }

  void enqueue(Job job) {
    job.queue_deadline = clock.steady() + options.queue_timeout;
    queue.push(std::move(job));
  }

  void finish(Job& job, Result<std::string> result) {
    if (!job.done) return;
    if (result)
      ++counters.jobs;
    else
      ++(result.error().code == ECANCELED ? counters.cancelled : counters.failed);
    if (finished.empty()) events.raise();
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
    if (std::optional<Job> waiting = queue.remove(id)) return finish(*waiting, why);
    for (auto& [key, worker] : workers)
      if (worker.job && worker.job->id == id) finish(*worker.job, why);
  }

  void assign() {
    while (!idle.empty()) {
      const Job* next = queue.next(large_may_go());
      if (next == nullptr) return;
      const uint64_t key = idle.back();
      Worker& worker = workers.at(key);
      announce_use(worker);
      const Result<void> sent = send_message(worker.channel.get(), next->text, next->fd, Wait::kNo);
      if (!sent && worker_is_gone(sent.error())) {  // the job was not seen: no attempt
        ++counters.deaths;
        take_worker(key);
        continue;
      }
      Job job = *queue.remove(next->id);
      if (!sent) {
        finish(job, sent.error());
        continue;
      }
      idle.pop_back();
      ++job.attempts;
      worker.deadline = clock.steady() + options.job_timeout;
      worker.job = std::move(job);
    }
  }

  // One worker is kept from large jobs.
  bool large_may_go() const {
    const auto has_large = [](const auto& w) {
      return w.second.job && w.second.job->weight == Weight::kLarge;
    };
    const auto large =
        static_cast<size_t>(std::count_if(workers.begin(), workers.end(), has_large));
    return large == 0 || large + 1 < workers.size();
  }

  void expire_queue(SteadyTime now) {
    for (Job& job : queue.take_expired(now))
      finish(job, Error{"no worker was free in time", ETIMEDOUT});
  }

  // Workers.
  void add_worker(Received hello, uint64_t generation) {
    if (!hello.fd) return;
    const uint64_t key = events.watch(hello.fd.get());
    workers.emplace(
        key, Worker{std::move(hello.fd), parse_serial(hello.bytes), generation, std::nullopt, {}});
    rest(key);
  }

  // For one that has nothing to do.
  void rest(uint64_t key) {
    const Worker& worker = workers.at(key);
    const bool present = worker.generation == parents.generation();
    if (!is_proven(worker.generation)) return;  // start_trials() or the end of its generation
    if (present)
      idle.push_back(key);
    else
      take_worker(key);
  }

  Worker take_worker(uint64_t key) {
    Worker worker = std::move(workers.extract(key).mapped());
    std::erase(idle, key);
    events.unwatch(worker.channel.get());
    return worker;
  }

  // Reload.
  void reload(std::string setup, Done done) {
    end_reload(Error{"another reload came", ECANCELED});
    reloaded = std::move(done);
    if (stopped || !started) return end_reload(Error{"the pool does not run", ECANCELED});
    if (auto loads = parents.load_beside(std::move(setup)); !loads) end_reload(loads.error());
  }

  void end_reload(Result<std::string> result) {
    if (!reloaded) return;
    if (finished.empty()) events.raise();
    finished.emplace_back(std::exchange(reloaded, nullptr), std::move(result));
  }

  void on_coming(Result<Received> got) {
    if (got && got->kind == Received::Kind::kNothing) return;
    const std::string_view text = got ? std::string_view(got->bytes) : "";
    if (text.starts_with("worker "))
      return add_worker(std::move(*got), parents.coming_generation());
    if (text.starts_with("ready ")) {
      parents.note_coming_ready(text.substr(6));
      if (options.trials.empty()) accept_coming();
      return;
    }
    refuse_coming(Error{text.starts_with("failed ") ? std::string(text.substr(7))
                                                    : "the new workers' parent ended"});
  }

  void accept_coming() {
    parents.take_over();
    drop_resting();
    end_reload(std::string(parents.ready_text(parents.generation())));
  }

  void refuse_coming(Error why) {
    parents.give_up_coming();
    drop_resting();
    end_reload(std::move(why));
  }

  // It ends with its last worker. New ones that it announces are not used.
  void on_retiring(uint64_t key, const Result<Received>& got) {
    if (!got || got->kind == Received::Kind::kClosed) parents.lose_retiring(key);
  }

  // A lost announcement costs a delay at worst.
  void announce_use(Worker& worker) {
    if (std::exchange(worker.used, true)) return;
    parents.send(worker.generation, "used " + std::to_string(worker.serial));
  }

  void kill_worker(const Worker& worker) {
    // The workers of a dead parent die with it.
    if (!parents.send(worker.generation, "kill " + std::to_string(worker.serial)))
      lose_parent("does not take orders");
  }

  void on_worker(uint64_t key) {
    Worker& worker = workers.at(key);
    Result<Received> got = receive_message(worker.channel.get(), Wait::kNo);
    if (got && got->kind == Received::Kind::kNothing) return;
    if (got && got->is_message() && worker.job) {
      finish(*worker.job, std::move(got->bytes));
      worker.job.reset();
      return rest(key);
    }
    if (got && got->is_message() && worker.trial) return on_trial_answer(key, got->bytes);
    // Dead, or it speaks out of turn: then its next reply could be taken for another job's.
    ++counters.deaths;
    Worker gone = take_worker(key);
    const bool with_parent = parents.has_ended(gone.generation);
    if (!got || got->is_message()) kill_worker(gone);
    if (gone.trial && !with_parent) on_trial_loss(gone.generation, "a worker died in its trial");
    if (!gone.job) return;
    retry_or_fail(std::move(*gone.job), with_parent
                                            ? Error{"the worker died with its parent", kParentDied}
                                            : Error{"the worker died", kWorkerDied});
  }

  // Or has ended.
  bool has_answered(uint64_t key) const {
    pollfd channel{workers.at(key).channel.get(), POLLIN, 0};
    return ::poll(&channel, 1, 0) > 0;
  }

  void expire_workers(SteadyTime now) {
    std::vector<uint64_t> late;
    for (const auto& [key, worker] : workers)
      if (worker.works() && worker.deadline <= now) late.push_back(key);
    for (const uint64_t key : late) {
      if (workers.count(key) == 0) continue;  // its parent was lost over the one before
      if (has_answered(key)) {                // and we were late to look, stopped perhaps
        on_worker(key);
        continue;
      }
      Worker stuck = take_worker(key);
      ++counters.timeouts;
      log_warning("worker over its deadline", {{"job", stuck.job ? stuck.job->id : 0}});
      kill_worker(stuck);
      if (stuck.trial) on_trial_loss(stuck.generation, "a worker hung in its trial");
      if (stuck.job)
        retry_or_fail(std::move(*stuck.job), Error{"the worker took too long", kWorkerLate});
    }
  }

  // Trials.
  bool is_proven(uint64_t generation) const {
    return options.trials.empty() || parents.is_proven(generation);
  }

  void mark_trials_due() {
    for (auto& [key, worker] : workers) worker.trial_due = true;
    if (options.trial_interval.count() > 0) trials_at = clock.steady() + options.trial_interval;
  }

  void start_trials();
  void begin_trial(uint64_t key);
  void send_trial(uint64_t key);
  void on_trial_answer(uint64_t key, std::string_view answer);
  void prove(uint64_t generation);
  void on_trial_loss(uint64_t generation, const std::string& why);
  void on_wrong_answer(uint64_t key, const std::string& why);
  void fail_trial(uint64_t generation, const std::string& why);
  Result<void> prove_first();

  // The parent.
  void on_control(uint64_t key) {
    Result<Received> got = parents.receive(key);
    const Parents::Kind kind = parents.kind_of(key);
    if (kind == Parents::Kind::kComing) return on_coming(std::move(got));
    if (kind == Parents::Kind::kRetiring) return on_retiring(key, got);
    on_present(std::move(got));
  }

  void on_present(Result<Received> got) {
    if (!got && got.error().code == EMFILE)  // we are out of descriptors; that worker will end
      return log_error("worker lost", {{"why", got.error().message}});
    if (!got || got->kind == Received::Kind::kClosed) return lose_parent("ended");
    const std::string_view text = got->bytes;
    if (text.starts_with("ready ")) return parents.note_ready(text.substr(6));
    if (text.starts_with("failed ")) return lose_parent(text.substr(7));
    if (text.starts_with("worker ")) add_worker(std::move(*got), parents.generation());
  }

  void lose_parent(std::string_view why) {
    parents.lose(why);
    drop_resting();
  }

  // Workers of a parent that is gone or retires are about to end, and one that hangs must not keep
  // its generation; one with a job may have answered already.
  void drop_resting() {
    std::vector<uint64_t> resting;
    for (const auto& [key, worker] : workers)
      if (!worker.job && worker.generation != parents.generation() &&
          worker.generation != parents.coming_generation())
        resting.push_back(key);
    for (const uint64_t key : resting) {
      const Worker gone = take_worker(key);
      parents.send(gone.generation, "kill " + std::to_string(gone.serial));
    }
    std::erase_if(trial_misses, [this](const auto& entry) {
      return entry.first != parents.generation() && entry.first != parents.coming_generation();
    });
  }

  // The loop's turn.
  void take_events() {
    uint64_t keys[64];
    const size_t n = events.take(keys);
    for (const uint64_t key : std::span(keys, n)) {
      if (parents.kind_of(key) != Parents::Kind::kNone)
        on_control(key);
      else if (workers.count(key) > 0)
        on_worker(key);
      else
        parents.reap(key);
    }
  }

  void dispatch() {
    SEKISHO_CHECK(!dispatching);
    dispatching = true;
    take_events();
    const SteadyTime now = clock.steady();
    expire_workers(now);
    const Parents::Lost lost = parents.attend(now);
    if (!lost.present.empty() || !lost.coming.empty()) drop_resting();
    if (!lost.coming.empty())
      end_reload(Error{"the new workers' parent " + std::string(lost.coming), ETIMEDOUT});
    start_trials();
    assign();  // before the queue expires: who can be served now is not too late
    expire_queue(now);
    call_finished();
    dispatching = false;
  }

  void call_finished() {
    while (!finished.empty())
      for (auto& [done, result] : std::exchange(finished, {})) done(std::move(result));
  }

  std::optional<SteadyTime> next_timeout() const {
    std::optional<SteadyTime> next = parents.next_timeout();
    const auto consider = [&next](SteadyTime t) { next = next ? std::min(*next, t) : t; };
    for (const auto& [key, worker] : workers)
      if (worker.works()) consider(worker.deadline);
    if (trials_at) consider(*trials_at);
    if (const auto waiting = queue.next_deadline()) consider(*waiting);
    return next;
  }

  size_t busy() const {
    return static_cast<size_t>(std::count_if(
        workers.begin(), workers.end(), [](const auto& w) { return w.second.job.has_value(); }));
  }

  void drain(milliseconds grace) {
    const auto end = std::chrono::steady_clock::now() + grace;
    while (busy() > 0 || !queue.empty()) {
      const auto left = end - std::chrono::steady_clock::now();
      if (left.count() <= 0) return;
      wait_for_events(std::chrono::ceil<milliseconds>(left));
      dispatch();
    }
  }

  void wait_for_events(milliseconds at_most) const {
    if (const auto next = next_timeout())
      at_most = std::min(at_most, std::chrono::ceil<milliseconds>(*next - clock.steady()));
    pollfd watched{events.fd(), POLLIN, 0};
    ::poll(&watched, 1,
           static_cast<int>(std::clamp<milliseconds::rep>(at_most.count(), 0, 60'000)));
  }

  void stop() {
    stopped = true;
    const Error why{"the pool has stopped", ECANCELED};
    while (!workers.empty()) {
      Worker worker = take_worker(workers.begin()->first);
      if (worker.job) finish(*worker.job, why);
    }
    for (Job& job : queue.take_all()) finish(job, why);
    end_reload(why);
    parents.stop();
    call_finished();
  }

  const PoolOptions options;
  const Clock& clock;
  EventSet events;
  Parents parents;
  JobQueue queue;
  std::map<uint64_t, Worker> workers;
  std::vector<uint64_t> idle;  // keys; the last used first: its memory is warm
  std::vector<std::pair<Done, Result<std::string>>> finished;
  Done reloaded;                                 // of the reload under way
  std::map<uint64_t, TrialMisses> trial_misses;  // by generation
  std::optional<SteadyTime> trials_at;           // the next of all workers
  std::optional<SteadyTime> last_proof;          // when one passed
  std::optional<Error> trial_failure;            // of a present parent
  uint64_t last_id = 0;
  bool started = false;
  bool stopped = false;
  bool dispatching = false;
  Counters counters;
};

}  // namespace sekisho::worker
