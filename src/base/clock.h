// base/clock.h: where code reads the time, so that a test can set it.

#pragma once

#include <chrono>
#include <string>

namespace sekisho {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime steady() const = 0;
  virtual WallTime wall() const = 0;
};

// The machine's clocks.
const Clock& system_clock();

class FakeClock final : public Clock {
 public:
  SteadyTime steady() const override { return steady_; }
  WallTime wall() const override { return wall_; }
  void advance(std::chrono::nanoseconds by) {
    steady_ += std::chrono::duration_cast<SteadyTime::duration>(by);
    wall_ += std::chrono::duration_cast<WallTime::duration>(by);
  }

 private:
  SteadyTime steady_{};
  WallTime wall_{};
};

// "Fri, 07 Jun 2024 12:00:00 +0000" in local time (RFC 5322 §3.3).
std::string rfc5322_date(WallTime time);

}  // namespace sekisho
