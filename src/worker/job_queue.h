// worker/job_queue.h: jobs that wait for a worker, each until its deadline.
//
// First come, first served; a job that is pushed again, after a try, has a lower id than the rest
// and so goes first.
//
// Memory: the jobs.  Threads: one.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace sekisho::worker {

struct Job {
  uint64_t id = 0;
  std::string text;
  int fd = -1;
  std::function<void(Result<std::string>)> done;  // empty once called or cancelled
  unsigned attempts = 0;
  SteadyTime queue_deadline;
};

class JobQueue {
 public:
  bool empty() const { return jobs_.empty(); }
  size_t size() const { return jobs_.size(); }

  void push(Job job) { jobs_.emplace(job.id, std::move(job)); }
  Job& front() { return jobs_.begin()->second; }
  Job pop() { return std::move(jobs_.extract(jobs_.begin()).mapped()); }
  std::optional<Job> remove(uint64_t id);

  std::optional<SteadyTime> next_deadline() const;
  std::vector<Job> take_expired(SteadyTime now);
  std::vector<Job> take_all();

 private:
  std::map<uint64_t, Job> jobs_;
};

}  // namespace sekisho::worker
