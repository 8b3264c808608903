#include "gateway/inspector.h"

#include "gateway/blocking.h"
#include "gateway/verdict_check.h"

namespace sekisho::gateway {
PoolInspector::PoolInspector(asio::io_context& loop, worker::PoolOptions options)
    : loop_(loop), pool_(std::move(options), system_clock()), events_(loop), timer_(loop) {}

PoolInspector::~PoolInspector() {
  if (events_.is_open()) events_.release();  // the pool owns it
}

Result<std::string> PoolInspector::start() {
  auto ready = pool_.start();
  if (!ready) return ready;
  events_.assign(pool_.event_fd());
  wait_for_events();
  wait_for_timeout();
  return ready;
}

void PoolInspector::stop() {
  if (events_.is_open()) events_.release();
  timer_.cancel();
  pool_.stop();
}

void PoolInspector::reload(std::string setup, worker::Pool::Done done) {
  pool_.reload(std::move(setup), std::move(done));
  wait_for_timeout();
}

net::awaitable<Result<inspect::Verdict>> PoolInspector::inspect(inspect::Job job, int spool) {
  if (!events_.is_open()) co_return Error{"the inspector has stopped"};
  using Reply = Result<std::string>;
  const auto executor = co_await asio::this_coro::executor;
  const auto promised = std::make_shared<Promised<Reply>>(executor);
  pool_.submit(to_text(job), spool, [promised](Reply reply) { promised->set(std::move(reply)); });
  wait_for_timeout();
  const Reply reply = co_await Promised<Reply>::wait(promised);
  if (!reply) co_return reply.error();
  co_return checked_verdict(*reply, job, spool);
}

void PoolInspector::wait_for_events() {
  events_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& e) {
    if (e) return;
    dispatch();
    wait_for_events();
  });
}

void PoolInspector::wait_for_timeout() {
  const auto next = pool_.next_timeout();
  if (!next || timer_.expiry() == *next) return;
  timer_.expires_at(*next);
  timer_.async_wait([this](const asio::error_code& e) {
    if (!e) dispatch();
  });
}

void PoolInspector::dispatch() {
  pool_.dispatch();
  wait_for_timeout();
}

}  // namespace sekisho::gateway
