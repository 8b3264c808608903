#include "gateway/inspector.h"

#include <algorithm>
#include <vector>

#include "base/file.h"
#include "codec/digest.h"
#include "gateway/blocking.h"
#include "inspect/policy.h"
#include "inspect/verdict_check.h"

namespace sekisho::gateway {
namespace {

constexpr unsigned kAttemptsMax = 2;
constexpr unsigned kParentDeathsMax = 2;  // for which the message is not to blame
constexpr std::chrono::milliseconds kTrialTimeoutMin{5000};
constexpr size_t kDigestStepBytes = 1 << 20;  // between turns of the loop: 2 ms

// Attempts are counted here: between two the message may turn out to be poison.
worker::PoolOptions with_trials(worker::PoolOptions options, const Result<SelfTest>& self_test) {
  options.attempts = 1;
  // A busy machine is no reason to fail a self-test.
  options.trial_timeout = std::clamp<std::chrono::milliseconds>(
      options.job_timeout, kTrialTimeoutMin, options.trial_timeout);
  if (self_test) options.trials = self_test->trials();
  return options;
}

// Of the bytes as they are; nothing in them is understood.
net::awaitable<Result<std::string>> digest_of(int spool, uint64_t size) {
  const auto executor = co_await asio::this_coro::executor;
  codec::Digest digest;
  std::vector<char> block(std::min<uint64_t>(kDigestStepBytes, size));
  for (uint64_t at = 0; at < size;) {
    const auto n = read_at(spool, block, at);
    if (!n) co_return n.error();
    if (*n == 0) co_return Error{"the spool is shorter than its message"};
    digest.feed({block.data(), *n});
    at += *n;
    co_await asio::post(executor, asio::use_awaitable);
  }
  co_return digest.hex();
}

bool is_to_blame(const Error& lost) {
  return lost.code == worker::kWorkerDied || lost.code == worker::kWorkerLate;
}

template <typename Decide>
inspect::Verdict verdict_by(const inspect::Job& job, std::string_view reason, Decide decide) {
  inspect::Verdict verdict;
  verdict.findings.unscanned = {std::string(reason)};
  for (const inspect::Policy& policy : job.policies) verdict.decisions.push_back(decide(policy));
  return verdict;
}

inspect::Verdict poison_verdict(const inspect::Job& job) {
  return verdict_by(job, "poison", inspect::decide_poison);
}

inspect::Verdict unread_verdict(const inspect::Job& job, const Error& lost) {
  const auto reason = lost.code == worker::kWorkerLate ? config::UnscannedReason::kTimeout
                                                       : config::UnscannedReason::kCrash;
  return verdict_by(job, config::unscanned_name(reason), [reason](const inspect::Policy& policy) {
    return inspect::decide_unread(reason, policy);
  });
}

worker::Weight weight_of(const inspect::Job& job) {
  return job.size > PoolInspector::kSmallBytesMax ? worker::Weight::kLarge : worker::Weight::kSmall;
}

}  // namespace

PoolInspector::PoolInspector(asio::io_context& loop, worker::PoolOptions options,
                             std::filesystem::path poison_file)
    : loop_(loop),
      poison_(
          std::move(poison_file), system_clock(),
          [this](std::function<void()> write) { asio::post(poison_writer_, std::move(write)); }),
      self_test_(SelfTest::make()),
      pool_(with_trials(std::move(options), self_test_), system_clock()),
      events_(loop),
      timer_(loop) {}

PoolInspector::~PoolInspector() {
  if (events_.is_open()) events_.release();  // the pool owns it
}

Result<std::string> PoolInspector::start() {
  if (!self_test_) return self_test_.error();
  poison_.load();
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
  poison_writer_.join();
}

void PoolInspector::reload(std::string setup, worker::Pool::Done done) {
  pool_.reload(std::move(setup), std::move(done));
  wait_for_timeout();
}

net::awaitable<Result<inspect::Verdict>> PoolInspector::inspect(inspect::Job job, int spool) {
  if (poison_.may_hold(job.size)) {
    const auto digest = co_await digest_of(spool, job.size);
    if (digest && poison_.holds(*digest)) co_return poison_verdict(job);
  }
  const std::string text = to_text(job);
  Error lost;
  for (unsigned attempts = 0, parent_deaths = 0; attempts < kAttemptsMax;) {
    const auto reply = co_await ask(text, spool, weight_of(job));
    if (reply) {
      poison_.note_answer();
      co_return inspect::checked_verdict(*reply, job, spool);
    }
    lost = reply.error();
    if (lost.code == worker::kParentDied && ++parent_deaths < kParentDeathsMax) continue;
    if (!is_to_blame(lost)) co_return lost;
    ++attempts;
    pool_.try_workers();  // so that it is known whether they work without this message
    const auto digest = co_await digest_of(spool, job.size);
    if (digest && poison_.note_loss(*digest, job.size, pool_.last_proof()))
      co_return poison_verdict(job);
  }
  if (poison_.blames_workers()) co_return lost;
  co_return unread_verdict(job, lost);
}

net::awaitable<Result<std::string>> PoolInspector::ask(const std::string& job, int spool,
                                                       worker::Weight weight) {
  if (!events_.is_open()) co_return Error{"the inspector has stopped"};
  using Reply = Result<std::string>;
  const auto executor = co_await asio::this_coro::executor;
  const auto promised = std::make_shared<Promised<Reply>>(executor);
  pool_.submit(
      job, spool, [promised](Reply reply) { promised->set(std::move(reply)); }, weight);
  wait_for_timeout();
  co_return co_await Promised<Reply>::wait(promised);
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
