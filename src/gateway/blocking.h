// gateway/blocking.h: run a blocking call (fsync, a folder walk) off the event loop, and wait for
// it.
//
//   auto done = co_await run_blocking<T>(file_pool, call);     // `call` is a std::function<T()>
//
// What `call` throws (libraries may) is the Result's Error.
//
// Process: front.  Threads: `call` runs on the pool, the awaiting coroutine stays on its own.
// Lifetime: the pool is joined before the loop goes.

#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"
#include "net/asio.h"

namespace sekisho::gateway {

// A value that another place delivers once, and one coroutine waits for.
template <typename T>
class Promised {
 public:
  explicit Promised(const asio::any_io_executor& executor) : wake_(executor, forever()) {}

  void set(T value) {
    value_.emplace(std::move(value));
    wake_.cancel();
  }

  // Keeps `self` alive while it waits.
  static net::awaitable<T> wait(std::shared_ptr<Promised> self) {
    while (!self->value_) {
      asio::error_code ignored;
      co_await self->wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return std::move(*self->value_);
  }

 private:
  static asio::steady_timer::time_point forever() { return asio::steady_timer::time_point::max(); }

  asio::steady_timer wake_;
  std::optional<T> value_;
};

template <typename T>
Result<T> call_caught(const std::function<T()>& call) {
  try {
    return call();
  } catch (const std::exception& e) {
    return Error{e.what()};
  }
}

template <typename T>
net::awaitable<Result<T>> run_blocking(asio::thread_pool& pool, std::function<T()> call) {
  const auto executor = co_await asio::this_coro::executor;
  const auto promised = std::make_shared<Promised<Result<T>>>(executor);
  // The pool hands its share of the promise on: a timer must not be left to a thread that may
  // outlive the loop.
  asio::post(pool, [executor, share = promised, call = std::move(call)]() mutable {
    auto value = std::make_shared<Result<T>>(call_caught(call));
    asio::post(executor, [share = std::move(share), value] { share->set(std::move(*value)); });
  });
  co_return co_await Promised<Result<T>>::wait(promised);
}

}  // namespace sekisho::gateway
