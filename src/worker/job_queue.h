// worker/job_queue.h: jobs that wait for a worker, each until its deadline.
//
// First come, first served; a job that is pushed again, after a try, has a lower id than the rest
// and so goes first. Where large jobs may not go, the oldest small one goes.
//
// Memory: the jobs.  Threads: one.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace sekisho::worker {

// What a job costs, as far as can be told before it is done.
enum class Weight { kSmall, kLarge };

struct Job {
  uint64_t id = 0;
  std::string text;
  int fd = -1;
  std::function<void(Result<std::string>)> done;  // empty once called or cancelled
  unsigned attempts = 0;
  SteadyTime queue_deadline;
  Weight weight = Weight::kSmall;
};

class JobQueue {
 public:
  bool empty() const { return size() == 0; }
  size_t size() const { return jobs_[0].size() + jobs_[1].size(); }

  void push(Job job) { of(job.weight).emplace(job.id, std::move(job)); }
  // The one that goes next; null when there is none.
  const Job* next(bool large_may_go = true) const;
  std::optional<Job> remove(uint64_t id);

  std::optional<SteadyTime> next_deadline() const;
  std::vector<Job> take_expired(SteadyTime now);
  std::vector<Job> take_all();

 private:
  using Jobs = std::map<uint64_t, Job>;

  Jobs& of(Weight weight) { return jobs_[static_cast<size_t>(weight)]; }

  std::array<Jobs, 2> jobs_;  // by weight
};

}  // namespace sekisho::worker
