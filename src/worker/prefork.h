// worker/prefork.h: the parent's side of a pool: load once, fork workers, replace the dead.
//
//   int main_of_the_parent() {                            // exec'd by Pool, see pool.h
//     Result<std::string> setup = receive_setup(kControlFd);
//     if (!load(*setup)) return report_failed(kControlFd, "why");
//     return run_prefork(kControlFd, {.workers = 3, .ready_text = "what was loaded"},
//                        [](int channel) { serve_jobs(channel, answer); });
//   }
//
// What is loaded before run_prefork() is shared by all workers. A worker that ends, for whatever
// reason, is replaced: at once when it has had a job, so that messages that kill workers don't slow
// down the rest; with a growing delay when workers die young and unused.
//
// Control messages: from the pool the setup text, then "used SERIAL" before a worker's first job,
// "kill SERIAL", and "retire" (fork no more, end with the last worker); to the pool "ready TEXT" or
// "failed WHY", then "worker SERIAL PID" with the pool's end of that worker's channel.
//
// Process: parent and worker; single-threaded, since fork() copies one thread only.
// Lifetime: the parent leaves when the control socket closes; workers leave with the parent
// (SIGKILL by PR_SET_PDEATHSIG, which the kernel clears when a worker changes its user: set it
// again there).

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::worker {

inline constexpr int kControlFd = 3;

struct PreforkOptions {
  size_t workers = 1;
  std::string ready_text;
};

// The pool's settings for the parent: the first message. An Error when the pool is gone already.
Result<std::string> receive_setup(int control);

// Tells the pool why there will be no workers. Returns 1, for main() to return.
int report_failed(int control, std::string_view why);

// Says "ready", then forks and replaces workers until the pool closes `control`; kills and reaps
// them all and returns 0. `worker_main` runs in each worker; when it returns the worker exits.
int run_prefork(int control, const PreforkOptions& options,
                const std::function<void(int channel)>& worker_main);

// The worker's loop: a job in, its answer out, until the channel closes. `fd` is empty when the job
// came without one. Returns (so the worker ends and its job is tried again) when an answer is empty
// or larger than kMessageBytesMax.
using Answer = std::function<std::string(std::string_view job, UniqueFd fd)>;
void serve_jobs(int channel, const Answer& answer);

}  // namespace sekisho::worker
