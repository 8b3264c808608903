#include "gateway/blocking.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace sekisho::gateway {
namespace {

net::awaitable<void> run(asio::thread_pool& pool, std::function<int()> call, Result<int>& out) {
  auto done = co_await run_blocking<int>(pool, call);
  out = std::move(done);
}

Result<int> result_of(const std::function<int()>& call) {
  asio::io_context loop;
  asio::thread_pool pool(1);
  Result<int> out = Error{"never called"};
  asio::co_spawn(loop, run(pool, call, out), asio::detached);
  loop.run();
  return out;
}

TEST(RunBlocking, GivesTheValue) {
  EXPECT_EQ(*result_of([] { return 7; }), 7);
}

TEST(RunBlocking, WhatIsThrownIsAnError) {
  const auto failed = result_of([]() -> int { throw std::runtime_error("disk on fire"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "disk on fire");
}

}  // namespace
}  // namespace sekisho::gateway
