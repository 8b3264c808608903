#include "worker/job_queue.h"

#include <algorithm>

namespace sekisho::worker {

const Job* JobQueue::next(bool large_may_go) const {
  const auto& [small, large] = jobs_;
  const Job* first = small.empty() ? nullptr : &small.begin()->second;
  if (large.empty() || !large_may_go) return first;
  const Job* other = &large.begin()->second;
  return first == nullptr || other->id < first->id ? other : first;
}

std::optional<Job> JobQueue::remove(uint64_t id) {
  for (Jobs& jobs : jobs_)
    if (const auto at = jobs.find(id); at != jobs.end())
      return std::move(jobs.extract(at).mapped());
  return std::nullopt;
}

// Jobs that were tried before stand first and have later deadlines; those of the rest rise with
// their ids, so that the first of them is enough.
std::optional<SteadyTime> JobQueue::next_deadline() const {
  std::optional<SteadyTime> next;
  for (const Jobs& jobs : jobs_)
    for (const auto& [id, job] : jobs) {
      next = next ? std::min(*next, job.queue_deadline) : job.queue_deadline;
      if (job.attempts == 0) break;
    }
  return next;
}

std::vector<Job> JobQueue::take_expired(SteadyTime now) {
  std::vector<Job> expired;
  for (Jobs& jobs : jobs_)
    for (auto at = jobs.begin(); at != jobs.end();) {
      const auto next = std::next(at);
      const bool fresh = at->second.attempts == 0;
      if (at->second.queue_deadline <= now)
        expired.push_back(std::move(jobs.extract(at).mapped()));
      else if (fresh)
        break;
      at = next;
    }
  return expired;
}

std::vector<Job> JobQueue::take_all() {
  std::vector<Job> all;
  for (Jobs& jobs : jobs_)
    while (!jobs.empty()) all.push_back(std::move(jobs.extract(jobs.begin()).mapped()));
  return all;
}

}  // namespace sekisho::worker
