#include "gateway/places.h"

#include <algorithm>

namespace sekisho::gateway {

net::awaitable<Places::Place> Places::take(std::shared_ptr<Places> self, SteadyTime deadline) {
  if (self->free_ > 0) {
    --self->free_;
    co_return Place(self);
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto mine =
      std::make_shared<Waiting>(Waiting{asio::steady_timer(executor, deadline), false});
  self->waiting_.push_back(mine);
  asio::error_code ignored;
  co_await mine->wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (mine->has_place) co_return Place(self);
  std::erase(self->waiting_, mine);
  co_return Place();
}

// The place goes to who has waited longest.
void Places::leave() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  waiting_.front()->has_place = true;
  waiting_.front()->wake.cancel();
  waiting_.pop_front();
}

}  // namespace sekisho::gateway
