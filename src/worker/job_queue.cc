#include "worker/job_queue.h"

#include <algorithm>

namespace sekisho::worker {

std::optional<Job> JobQueue::remove(uint64_t id) {
  const auto at = jobs_.find(id);
  if (at == jobs_.end()) return std::nullopt;
  return std::move(jobs_.extract(at).mapped());
}

// Jobs that were tried before stand first and have later deadlines; those of the rest rise with
// their ids, so that the first of them is enough.
std::optional<SteadyTime> JobQueue::next_deadline() const {
  std::optional<SteadyTime> next;
  for (const auto& [id, job] : jobs_) {
    next = next ? std::min(*next, job.queue_deadline) : job.queue_deadline;
    if (job.attempts == 0) break;
  }
  return next;
}

std::vector<Job> JobQueue::take_expired(SteadyTime now) {
  std::vector<Job> expired;
  for (auto at = jobs_.begin(); at != jobs_.end();) {
    const auto next = std::next(at);
    const bool fresh = at->second.attempts == 0;
    if (at->second.queue_deadline <= now)
      expired.push_back(std::move(jobs_.extract(at).mapped()));
    else if (fresh)
      break;
    at = next;
  }
  return expired;
}

std::vector<Job> JobQueue::take_all() {
  std::vector<Job> all;
  while (!empty()) all.push_back(pop());
  return all;
}

}  // namespace sekisho::worker
