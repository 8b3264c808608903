// gateway/places.h: so many at a time, the others wait in the order they came.
//
//   auto place = co_await Places::take(places, deadline);   // false: none was free by then
//   if (!place) …                                           // the place is left when it goes
//
// Process: front.  Threads: one.  Lifetime: shared by who waits and who has a place, so frames that
// are destroyed with the loop find it alive.

#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "net/asio.h"

namespace sekisho::gateway {

class Places {
 public:
  explicit Places(size_t count) : free_(count) {}

  class Place {
   public:
    Place() = default;  // none
    explicit Place(std::shared_ptr<Places> owner) : owner_(std::move(owner)) {}
    Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (owner_) owner_->leave();
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    std::shared_ptr<Places> owner_;
  };

  static net::awaitable<Place> take(std::shared_ptr<Places> self, SteadyTime deadline);

 private:
  struct Waiting {
    asio::steady_timer wake;
    bool has_place = false;
  };

  void leave();

  size_t free_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
};

}  // namespace sekisho::gateway
