// gateway/inspector.h: the seam to whoever looks into mail.
//
// PoolInspector asks the prefork workers (worker/pool.h), who take no job before they have passed
// the self-test. A message whose worker dies or is over its time gets a second one; then its
// verdict is made here: unscanned, by each policy. One that has ended three workers is poison.
//
// Tests use a fake that answers from a script.
//
// Process: front.  Threads: one.

#pragma once

#include <memory>

#include "base/result.h"
#include "gateway/poison.h"
#include "gateway/self_test.h"
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

  // `poison_file` keeps what is poison, for the next process.
  PoolInspector(asio::io_context& loop, worker::PoolOptions options,
                std::filesystem::path poison_file);
  ~PoolInspector() override;

  // Blocks until signatures and rules are loaded and found to work. The result is a JSON text:
  // {"rules":…, "signatures":…}.
  Result<std::string> start();
  void stop();
  // Loads signatures and rules anew beside those in use, which go on until the new ones are ready.
  // `done` gets the new ones' text, or why the old ones stay.
  void reload(std::string setup, worker::Pool::Done done);
  // What a parent loads that follows one that died.
  void restart_with(std::string setup) { pool_.restart_with(std::move(setup)); }
  worker::Counters counters() const { return pool_.counters(); }

  net::awaitable<Result<inspect::Verdict>> inspect(inspect::Job job, int spool) override;
  bool overloaded() const override { return pool_.full(); }

 private:
  net::awaitable<Result<std::string>> ask(const std::string& job, int spool, worker::Weight weight);
  void wait_for_events();
  void wait_for_timeout();
  void dispatch();

  asio::io_context& loop_;
  asio::thread_pool poison_writer_{1};  // one: its writes keep their order
  Poison poison_;
  Result<SelfTest> self_test_;
  worker::Pool pool_;
  asio::posix::stream_descriptor events_;
  asio::steady_timer timer_;
};

}  // namespace sekisho::gateway
