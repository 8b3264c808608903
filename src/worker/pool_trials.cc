// The pool's trials: which worker is tried when, and what comes of it.

#include "base/log.h"
#include "worker/pool_state.h"

namespace sekisho::worker {

// In a row. A loss may have a cause outside the worker, a wrong answer hardly.
constexpr unsigned kTrialLossesMax = 3;
constexpr unsigned kWrongAnswersMax = 2;

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
  if (!passed) return on_wrong_answer(key, passed.error().message);
  if (++*worker.trial < options.trials.size()) return send_trial(key);
  worker.trial.reset();
  worker.trial_due = false;
  trial_misses.erase(generation);
  ++counters.trials;
  last_proof = clock.steady();
  if (is_proven(generation)) return rest(key);
  prove(generation);
}

void Pool::State::prove(uint64_t generation) {
  parents.note_proof(generation, Parents::Proof::kPassed);
  if (options.trial_interval.count() > 0) trials_at = clock.steady() + options.trial_interval;
  if (generation == parents.coming_generation()) accept_coming();
  std::vector<uint64_t> free;
  for (const auto& [key, worker] : workers)
    if (worker.generation == generation && !worker.works()) free.push_back(key);
  for (const uint64_t key : free) rest(key);
}

void Pool::State::on_trial_loss(uint64_t generation, const std::string& why) {
  if (++trial_misses[generation].losses >= kTrialLossesMax) fail_trial(generation, why);
}

// It may be this worker's fault alone. Until another has passed, none takes a job.
void Pool::State::on_wrong_answer(uint64_t key, const std::string& why) {
  const Worker wrong = take_worker(key);
  if (++trial_misses[wrong.generation].wrong_answers >= kWrongAnswersMax)
    return fail_trial(wrong.generation, why);
  log_error("worker failed its self-test", {{"why", why}});
  parents.note_proof(wrong.generation, Parents::Proof::kDoubted);
  if (wrong.generation == parents.generation()) idle.clear();
  kill_worker(wrong);
}

void Pool::State::fail_trial(uint64_t generation, const std::string& why) {
  if (generation == parents.coming_generation()) {
    refuse_coming(Error{"self-test: " + why});
  } else if (generation == parents.generation()) {
    trial_failure = Error{"self-test: " + why};
    lose_parent("failed its self-test: " + why);
  }
}

Result<void> Pool::State::prove_first() {
  const uint64_t first = parents.generation();
  while (!is_proven(first)) {
    if (trial_failure) return *trial_failure;
    if (parents.generation() != first) return Error{"the workers' parent ended in its self-test"};
    wait_for_events(milliseconds(1000));
    dispatch();
  }
  return {};
}

}  // namespace sekisho::worker
