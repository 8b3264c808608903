// worker/parent_process.h: the pool's grip on the parent it exec'd: start, kill, reap, by pidfd.
//
// The child gets standard streams as ours, the control socket as descriptor 3, default signals and
// a session of its own. Everything else is closed.
//
// Process: front.  Threads: one at a time; posix_spawn makes it safe beside other threads.
// Lifetime: the destructor kills and reaps (blocking for as long as the kernel needs to end it).

#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::worker {

class ParentProcess {
 public:
  static Result<ParentProcess> spawn(const std::vector<std::string>& argv);
  ParentProcess(ParentProcess&& other) noexcept;
  ParentProcess& operator=(ParentProcess&&) = delete;
  ~ParentProcess();

  int control() const { return control_.get(); }
  int pidfd() const { return pidfd_.get(); }  // readable when the process has ended
  pid_t pid() const { return pid_; }

  void close_control() { control_.reset(); }
  void kill();
  bool reap();  // true when it is gone
  // Waits at most `wait` for its end, then kills it.
  void end_within(std::chrono::milliseconds wait);
  std::string end() const { return end_; }  // after reap(): "exit 1", "signal 9"

 private:
  ParentProcess(pid_t pid, UniqueFd control, UniqueFd pidfd);
  void note_end(int status);

  pid_t pid_;  // -1 once reaped
  UniqueFd control_;
  UniqueFd pidfd_;
  std::string end_;
};

}  // namespace sekisho::worker
