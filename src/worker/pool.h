// worker/pool.h: gives jobs to forked workers, one each at a time, and survives their deaths.
//
//   Pool pool({.argv = {"/usr/bin/sekisho", "inspector"}, .setup = json}, system_clock());
//   Result<std::string> ready = pool.start();           // blocks until the parent has loaded
//   pool.submit(job, spool_fd, [](Result<std::string> reply) { … });
//   for (;;) { wait until event_fd() is readable or next_timeout() has come; pool.dispatch(); }
//
// The parent process (prefork.h) is exec'd with the control socket as descriptor 3, standard
// streams as ours and nothing else open, in a session of its own, so that Ctrl-C reaches us alone.
//
// Done is called exactly once for each submit(), only from dispatch() or stop(), never inside
// submit(). It may call submit() and cancel(); not dispatch(), stop() or the destructor.
//
// Jobs start in the order they came; a job that is tried again goes first. Of two or more workers
// one takes no large jobs, so that these delay small ones little. A worker that dies, or
// works longer than job_timeout (then it is killed), is replaced, and its job is given to another
// until `attempts` have been made; then Done gets an Error. Nobody else's job is touched.
//
// With trials, workers of a new parent take no job before one of them has answered all of them
// well: not at the start (start() fails), not after a reload (the old ones stay), not after a
// restart (the parent is exec'd again). Every trial_interval each worker of the present parent is
// tried, one at a time, when it has nothing to do. One that hangs, dies or answers wrongly is
// replaced; after a wrong answer no job is given out until another worker has passed. The second
// wrong answer in a row, the third worker lost in a row, or proof_timeout without one that passes
// end the parent as if it had died.
//
// Each wait for a free worker lasts at most queue_timeout, also while there is no parent. So a job
// ends after attempts × (queue_timeout + job_timeout) at the latest.
//
// When the parent dies it is exec'd again, at once and then with a doubling delay; jobs wait.
//
// Memory: queue_max jobs' texts (each at most kMessageBytesMax; in practice a few hundred bytes).
// Process: front.  Threads: one.  Lifetime: `clock` and each job's descriptor outlive their use.

#pragma once

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "worker/job_queue.h"

namespace sekisho::worker {

// Why a job failed, as the Error's code.
inline constexpr int kWorkerDied = EPIPE;         // while it had the job, and its parent lives
inline constexpr int kWorkerLate = ETIME;         // it was killed at its deadline
inline constexpr int kParentDied = ECONNABORTED;  // and the worker with it: the job is not to blame
inline constexpr int kNoWorker = ETIMEDOUT;       // none was free in time

// A job of the pool's own whose answer is known.
struct Trial {
  std::string job;
  int fd = -1;  // outlives the pool's use
  // `ready` is the text with which the worker's parent got ready.
  std::function<Result<void>(std::string_view ready, std::string_view answer)> check;
};

struct PoolOptions {
  std::vector<std::string> argv;  // of the parent; argv[0] is a path
  std::string setup;              // the first control message; not empty
  std::chrono::milliseconds job_timeout = std::chrono::seconds(60);
  std::chrono::milliseconds queue_timeout = std::chrono::seconds(60);
  std::chrono::milliseconds start_timeout =
      std::chrono::minutes(3);  // load of signatures and rules
  std::chrono::milliseconds restart_delay = std::chrono::milliseconds(200);
  std::chrono::milliseconds restart_delay_max = std::chrono::seconds(30);
  unsigned attempts = 2;
  std::vector<Trial> trials;
  std::chrono::milliseconds trial_interval{0};  // 0: only of new parents
  std::chrono::milliseconds trial_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds proof_timeout = std::chrono::minutes(3);  // of a ready parent
  size_t queue_max = 1000;
};

struct Counters {
  uint64_t jobs = 0;                      // answered by a worker
  uint64_t failed = 0;                    // ended with an Error, but not ECANCELED
  uint64_t cancelled = 0;                 // by cancel() or stop()
  uint64_t retries = 0;                   // given to another worker
  uint64_t deaths = 0;                    // of workers, not by our hand
  uint64_t timeouts = 0;                  // workers killed at their deadline
  uint64_t restarts = 0;                  // of the parent
  uint64_t trials = 0;                    // workers that passed all
  size_t idle = 0, busy = 0, queued = 0;  // now
};

class Pool {
 public:
  using Done = std::function<void(Result<std::string>)>;

  Pool(PoolOptions options, const Clock& clock);
  ~Pool();  // stop()
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Execs the parent and waits (blocking) for its "ready TEXT", which is the result, or "failed
  // WHY". Workers arrive afterwards, by dispatch(). After an Error it may be called again.
  Result<std::string> start();

  // `fd` (or -1) must stay open until Done. The id is never 0.
  uint64_t submit(std::string job, int fd, Done done, Weight weight = Weight::kSmall);
  // Whether as many jobs wait as may: the next submit() fails (EAGAIN).
  bool full() const;
  // The job's Done gets ECANCELED at the next dispatch(); a worker that has it goes on, its reply
  // is thrown away. Nothing happens when the job has ended.
  void cancel(uint64_t id);

  // Execs a new parent with `setup` beside the present one. When it is ready, jobs go to its
  // workers, and the old ones leave as their jobs end: at no moment is there nobody to take a job.
  // Done gets its ready text; or why everything stays as it was (also when a second reload() comes
  // meanwhile: ECANCELED). A parent that dies later is followed by one with the new setup.
  void reload(std::string setup, Done done);

  // The setup of a parent that follows one that died.
  void restart_with(std::string setup);

  // Tries each worker soon, instead of at the next trial_interval.
  void try_workers();
  // When a worker last passed; nothing without trials.
  std::optional<SteadyTime> last_proof() const;

  // An epoll descriptor, level-triggered, readable whenever dispatch() has something to do.
  int event_fd() const;
  std::optional<SteadyTime> next_timeout() const;
  void dispatch();

  // Lets jobs end for at most `grace` (blocking; Done is called meanwhile), then ends all
  // processes. What is left, and what is submitted from now on, gets an Error (ECANCELED).
  void stop(std::chrono::milliseconds grace = std::chrono::milliseconds(0));

  Counters counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sekisho::worker
