// gateway/poison.h: messages that end workers again and again, by digest and size.
//
//   Poison poison(file, clock);  poison.load();
//   if (poison.may_hold(size) && poison.holds(digest_of(spool))) …   // takes no worker
//   poison.note_loss(digest, size, pool.last_proof());       // a worker died with it or was late
//   poison.note_answer();                                    // one answered
//
// kLossesMax workers lost with one message make it poison for kDuration. But workers may be to
// blame (a bad set of signatures, a lack of memory), and then all mail must not become poison:
//  - a message counts as poison only if workers have passed their self-test since its first loss;
//  - while of the last kOutcomesMax jobs of an hour at least half were lost, with kDistinctMin or
//    more different messages, nothing becomes poison, and what became so in that hour is forgiven.
// Losses that we make ourselves (reload, stop, the parent's death) are none; see worker/pool.h.
//
// The bytes are digested as they are, without the envelope: a sender who changes one byte has a new
// message, which costs kLossesMax workers again.
//
// Memory: kEntriesMax digests. What is poison stands in `file` too, and survives a restart; counts
// don't. It is written when something becomes poison, by a call that blocks (fsync): `writer` gets
// it, runs it on any thread, and runs such calls in their order. Process: front.  Threads: one.

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace sekisho::gateway {

class Poison {
 public:
  static constexpr unsigned kLossesMax = 3;
  static constexpr std::chrono::hours kDuration{24};
  static constexpr size_t kEntriesMax = 1000;
  static constexpr std::chrono::hours kOutcomesSpan{1};
  static constexpr size_t kOutcomesMax = 64;
  static constexpr size_t kDistinctMin = 3;

  using Writer = std::function<void(std::function<void()> write)>;
  static void write_at_once(const std::function<void()>& write) { write(); }

  Poison(std::filesystem::path file, const Clock& clock, Writer writer = write_at_once)
      : file_(std::move(file)), clock_(clock), writer_(std::move(writer)) {}

  // What earlier processes found; lines that make no sense are passed over.
  void load();

  // Whether some message of this size is known, so that the digest is worth its while.
  bool may_hold(uint64_t size) const;
  bool holds(const std::string& digest);

  void note_answer() { note_outcome({}); }
  // True when it is poison now. `proof`: when workers last passed their self-test.
  bool note_loss(const std::string& digest, uint64_t size, std::optional<SteadyTime> proof);
  // Whether it is rather the workers than their messages.
  bool blames_workers() const;

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    uint64_t size = 0;
    unsigned losses = 0;
    SteadyTime first_loss;
    WallTime until;  // forgotten then
    bool poison = false;
    SteadyTime poison_since;
  };
  struct Outcome {
    SteadyTime at;
    std::string lost;  // digest; empty: answered
  };

  void note_outcome(std::string lost);
  void forgive();
  void forget_old();
  void make_room();
  void save() const;

  const std::filesystem::path file_;
  const Clock& clock_;
  const Writer writer_;
  std::map<std::string, Entry> entries_;
  std::deque<Outcome> outcomes_;
};

}  // namespace sekisho::gateway
