// test_parent.h: this test program started again as a pool's parent, with workers that misbehave on
// request.
//
// Setup texts: "workers N", "workers N WORDS" (the answer to "setup"), "fail WHY", "exit",
// "silent". Jobs, answered by worker_answer():
//   echo TEXT · big BYTES · pids · read · write · crash · hang · crash-once PATH · hang-once PATH ·
//   kill-parent · oversize · leave · setup · touch PATH

#pragma once

#include "worker/pool.h"

namespace sekisho::worker {

// Options for a Pool whose parent is this program.
PoolOptions test_pool(std::string setup);

// Turns the pool's loop until `done()`; false, with a test failure, after 20 s of real time.
bool run_until(Pool& pool, const std::function<bool()>& done);

}  // namespace sekisho::worker
