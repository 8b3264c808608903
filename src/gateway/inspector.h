// gateway/inspector.h: the seam to whoever looks into mail.
//
// PoolInspector asks the prefork workers (worker/pool.h). Tests use a fake that answers from a
// script.
//
// Process: front.  Threads: one.

#pragma once

#include <memory>

#include "base/result.h"
#include "inspect/inspector_process.h"
#include "inspect/job.h"
#include "inspect/verdict.h"
#include "net/asio.h"
#include "worker/pool.h"

namespace sekisho::gateway {

class Inspector {
 public:
  virtual ~Inspector() = default;
  // `spool` stays open until the answer. An Error means: not inspected, so not to be delivered.
  virtual net::awaitable<Result<inspect::Verdict>> inspect(inspect::Job job, int spool) = 0;
  // Whether as many messages wait as may: the next one can't be inspected.
  virtual bool overloaded() const = 0;
};

class PoolInspector final : public Inspector {
 public:
  // A message of more bytes is a large job (worker/job_queue.h): it takes a tenth of a second.
  static constexpr uint64_t kSmallBytesMax = 2 << 20;

  PoolInspector(asio::io_context& loop, worker::PoolOptions options);
  ~PoolInspector() override;

  // Blocks until signatures and rules are loaded. The result is a JSON text: {"rules":…,
  // "signatures":…}.
  Result<std::string> start();
  void stop();
  // Loads signatures and rules anew beside those in use, which go on until the new ones are ready.
  // `done` gets the new ones' text, or why the old ones stay.
  void reload(std::string setup, worker::Pool::Done done);
  worker::Counters counters() const { return pool_.counters(); }

  net::awaitable<Result<inspect::Verdict>> inspect(inspect::Job job, int spool) override;
  bool overloaded() const override { return pool_.full(); }

 private:
  void wait_for_events();
  void wait_for_timeout();
  void dispatch();

  asio::io_context& loop_;
  worker::Pool pool_;
  asio::posix::stream_descriptor events_;
  asio::steady_timer timer_;
};

}  // namespace sekisho::gateway
