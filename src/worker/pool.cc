#include "worker/pool.h"

#include <cerrno>

#include "base/check.h"
#include "worker/pool_state.h"

namespace sekisho::worker {

Pool::Pool(PoolOptions options, const Clock& clock)
    : state_(std::make_unique<State>(std::move(options), clock)) {}

Pool::~Pool() { stop(); }

Result<std::string> Pool::start() {
  if (state_->started || state_->stopped)
    return Error{"the pool has been started before", EALREADY};
  Result<std::string> text = state_->parents.start_first();
  if (!text) return text;
  if (auto proven = state_->prove_first(); !proven) {
    state_->parents.stop();
    state_->drop_resting();
    state_->trial_failure.reset();
    return proven.error();
  }
  state_->started = true;
  return text;
}

uint64_t Pool::submit(std::string job, int fd, Done done, Weight weight) {
  return state_->submit(std::move(job), fd, std::move(done), weight);
}

bool Pool::full() const { return state_->full(); }

void Pool::reload(std::string setup, Done done) {
  state_->reload(std::move(setup), std::move(done));
}

void Pool::restart_with(std::string setup) { state_->parents.restart_with(std::move(setup)); }

void Pool::try_workers() {
  state_->mark_trials_due();
  state_->events.raise();
}

std::optional<SteadyTime> Pool::last_proof() const { return state_->last_proof; }
void Pool::cancel(uint64_t id) { state_->cancel(id); }
int Pool::event_fd() const { return state_->events.fd(); }
std::optional<SteadyTime> Pool::next_timeout() const { return state_->next_timeout(); }
void Pool::dispatch() { state_->dispatch(); }

void Pool::stop(milliseconds grace) {
  SEKISHO_CHECK(!state_->dispatching);
  if (state_->started && !state_->stopped) state_->drain(grace);
  state_->stop();
}

Counters Pool::counters() const {
  Counters now = state_->counters;
  now.restarts = state_->parents.restarts();
  now.idle = state_->idle.size();
  now.busy = state_->busy();
  now.queued = state_->queue.size();
  return now;
}

}  // namespace sekisho::worker
