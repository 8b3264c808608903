// worker/parents.h: the pool's parent process, the one that loads beside it, their predecessors.
//
//   Parents parents(options, clock, events);
//   parents.start_first();                // blocks until it is ready
//   if (parents.is_control(key)) …        // an event: receive(key), see kind_of(key)
//   parents.attend(now);                  // at next_timeout(): starts the next one
//   parents.load_beside(setup);           // its "ready": take_over()
//
// A parent that dies is followed by another at once, and when that happens again soon, after a
// doubling delay. One that another took over from gets the order "retire": it ends with its last
// worker.
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
  uint64_t generation() const { return current_ ? current_->generation : 0; }

  enum class Kind { kPresent, kComing, kRetiring, kNone };
  Kind kind_of(uint64_t key) const;  // whose control channel it is
  Result<Received> receive(uint64_t key);
  void note_ready(std::string_view text);  // the present one
  // The text of its "ready"; empty before it, and for one that is gone.
  std::string_view ready_text(uint64_t generation) const;
  // Whether it is gone, or its end has come but not been seen. A worker that a parent's end kills
  // ends after its parent.
  bool has_ended(uint64_t generation) const;
  // Whether its workers have passed the pool's trials, and none has failed since.
  bool is_proven(uint64_t generation) const;
  enum class Proof { kPassed, kDoubted };
  void note_proof(uint64_t generation, Proof proof);
  // To a present, coming or retiring parent; nothing happens without. False when the present one
  // does not take orders: then lose() it.
  bool send(uint64_t generation, std::string_view order);
  // Kills the present parent and plans the next.
  void lose(std::string_view why);

  // Of the next parent that starts, after a death of the present one.
  void restart_with(std::string setup) { setup_ = std::move(setup); }
  // Starts a parent beside the present one; one that was loading already is given up.
  Result<void> load_beside(std::string setup);
  uint64_t coming_generation() const { return coming_ ? coming_->generation : 0; }
  // What the coming one said when it was ready.
  void note_coming_ready(std::string_view text) { get_ready(*coming_, text); }
  void give_up_coming();
  // The coming one is the present one from now on, and the old one retires.
  void take_over();
  void lose_retiring(uint64_t key);  // its control channel has closed

  bool reap(uint64_t key);  // whether the event was that of a former parent
  // Why one is lost that was over its start_timeout or proof_timeout; empty when it isn't.
  struct Lost {
    std::string_view present;
    std::string_view coming;
  };
  // Starts the next parent when its time has come.
  Lost attend(SteadyTime now);
  std::optional<SteadyTime> next_timeout() const;
  uint64_t restarts() const { return restarts_; }

  void stop();  // for good

 private:
  struct Parent {
    ParentProcess process;
    uint64_t generation;
    SteadyTime started_at;
    SteadyTime waited_for_since;  // to be ready, then to be proven
    std::string setup;
    bool ready = false;
    bool proven = false;
    std::string text = {};  // of its "ready"
    uint64_t key = 0;       // of its control channel
  };

  void get_ready(Parent& parent, std::string_view text) const;
  bool serves(const Parent& parent) const;
  // When it is too late for what it is waited for; nothing while it serves.
  std::optional<SteadyTime> late_at(const std::optional<Parent>& parent) const;
  const Parent* find(uint64_t generation) const;
  Result<Parent> spawn(std::string setup);
  Result<std::string> wait_until_ready();
  void plan_next();
  void bury(Parent parent);

  const PoolOptions& options_;
  const Clock& clock_;
  EventSet& events_;
  std::optional<Parent> current_;
  std::optional<Parent> coming_;
  std::map<uint64_t, Parent> retiring_;       // by control key
  std::map<uint64_t, ParentProcess> former_;  // killed or ending, by pidfd key
  std::string setup_;                         // of the next one that starts
  uint64_t last_generation_ = 0;
  std::optional<SteadyTime> next_at_;
  unsigned losses_ = 0;  // in a row
  uint64_t restarts_ = 0;
};

}  // namespace sekisho::worker
