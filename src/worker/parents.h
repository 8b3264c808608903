// worker/parents.h: the pool's parent process, its successors, and those not reaped yet.
//
//   Parents parents(options, clock, events);
//   parents.start_first();                // blocks until it is ready
//   if (parents.is_control(key)) …        // an event: receive(), on trouble lose()
//   parents.attend(now);                  // at next_timeout(): starts the next one
//
// A parent that dies is followed by another at once, and when that happens again soon, after a
// doubling delay.
//
// Process: front.  Threads: one.  Lifetime: `options`, `clock` and `events` outlive it.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "worker/channel.h"
#include "worker/event_set.h"
#include "worker/parent_process.h"
#include "worker/pool.h"

namespace sekisho::worker {

class Parents {
 public:
  Parents(const PoolOptions& options, const Clock& clock, EventSet& events);

  Result<std::string> start_first();  // the text of its "ready"
  // The present parent's number, 0 without one. Grows with each.
  uint64_t generation() const { return current_ ? generation_ : 0; }

  bool is_control(uint64_t key) const { return current_ && key == control_key_; }
  Result<Received> receive();
  void note_ready(std::string_view text);
  // Nothing happens without a parent. False when it does not take orders: then lose() it.
  bool send(std::string_view order);
  // Kills the present parent and plans the next.
  void lose(std::string_view why);

  bool reap(uint64_t key);  // whether the event was that of a former parent
  // Starts the next parent when its time has come; true when the present one was over its
  // start_timeout and has been lost.
  bool attend(SteadyTime now);
  std::optional<SteadyTime> next_timeout() const;
  uint64_t restarts() const { return restarts_; }

  void stop();  // for good

 private:
  Result<void> spawn();
  Result<std::string> wait_until_ready();
  void plan_next();

  const PoolOptions& options_;
  const Clock& clock_;
  EventSet& events_;
  std::optional<ParentProcess> current_;
  std::map<uint64_t, ParentProcess> former_;  // killed, by key
  uint64_t control_key_ = 0;
  uint64_t generation_ = 0;
  bool ready_ = false;
  SteadyTime started_at_;
  std::optional<SteadyTime> next_at_;
  unsigned losses_ = 0;  // in a row
  uint64_t restarts_ = 0;
};

}  // namespace sekisho::worker
