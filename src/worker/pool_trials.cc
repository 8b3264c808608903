// The pool's trials: which worker is tried when, and what comes of it.

#include "base/log.h"
#include "worker/pool_state.h"

namespace sekisho::worker {

constexpr unsigned kTrialLossesMax = 3;  // in a row

// In each generation one worker at a time, so that the others take mail.
void Pool::State::start_trials() {
  if (options.trials.empty()) return;
  if (trials_at && *trials_at <= clock.steady()) mark_trials_due();
  for (const uint64_t generation : {parents.generation(), parents.coming_generation()}) {
    const auto in_it = [&](const auto& entry) { return entry.second.generation == generation; };
    const bool one_is_tried = std::any_of(workers.begin(), workers.end(), [&](const auto& entry) {
      return in_it(entry) && entry.second.trial;
    });
    if (one_is_tried) continue;
    const auto next = std::find_if(workers.begin(), workers.end(), [&](const auto& entry) {
      return in_it(entry) && !entry.second.works() &&
             (entry.second.trial_due || !is_proven(generation));
    });
    if (next != workers.end()) begin_trial(next->first);
  }
}

void Pool::State::begin_trial(uint64_t key) {
  std::erase(idle, key);
  workers.at(key).trial = 0;
  send_trial(key);
}

// A worker that is gone is noticed by its channel's end.
void Pool::State::send_trial(uint64_t key) {
  Worker& worker = workers.at(key);
  const Trial& trial = options.trials[*worker.trial];
  worker.deadline = clock.steady() + options.trial_timeout;
  const auto sent = send_message(worker.channel.get(), trial.job, trial.fd, Wait::kNo);
  if (!sent && !worker_is_gone(sent.error()))
    log_error("trial not sent", {{"why", sent.error().message}});
}

void Pool::State::on_trial_answer(uint64_t key, std::string_view answer) {
  Worker& worker = workers.at(key);
  const uint64_t generation = worker.generation;
  const Trial& trial = options.trials[*worker.trial];
  const Result<void> passed = trial.check(parents.ready_text(generation), answer);
  if (!passed) return fail_trial(generation, passed.error().message);
  if (++*worker.trial < options.trials.size()) return send_trial(key);
  worker.trial.reset();
  worker.trial_due = false;
  trial_losses = 0;
  ++counters.trials;
  last_proof = clock.steady();
  if (is_proven(generation)) return rest(key);
  prove(generation);
}

void Pool::State::prove(uint64_t generation) {
  parents.note_proven(generation);
  if (options.trial_interval.count() > 0) trials_at = clock.steady() + options.trial_interval;
  if (generation == parents.coming_generation()) accept_coming();
  std::vector<uint64_t> free;
  for (const auto& [key, worker] : workers)
    if (worker.generation == generation && !worker.works()) free.push_back(key);
  for (const uint64_t key : free) rest(key);
}

void Pool::State::on_trial_loss(uint64_t generation, const std::string& why) {
  if (++trial_losses >= kTrialLossesMax) fail_trial(generation, why);
}

void Pool::State::fail_trial(uint64_t generation, const std::string& why) {
  trial_losses = 0;
  if (generation == parents.coming_generation()) {
    refuse_coming(Error{"self-test: " + why});
  } else if (generation == parents.generation()) {
    trial_failure = Error{"self-test: " + why};
    lose_parent("failed its self-test: " + why);
  }
}

Result<void> Pool::State::prove_first() {
  while (!is_proven(parents.generation())) {
    if (trial_failure) return *trial_failure;
    if (parents.generation() == 0) return Error{"the workers' parent ended in its self-test"};
    wait_for_events(milliseconds(1000));
    dispatch();
  }
  return {};
}

}  // namespace sekisho::worker
