#include "worker/event_set.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>

#include "base/check.h"

namespace sekisho::worker {
namespace {

constexpr uint64_t kWakeKey = 0;
constexpr size_t kEventsMax = 64;

}  // namespace

EventSet::EventSet()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  SEKISHO_CHECK(epoll_ && wake_);
  add(wake_.get(), kWakeKey);
}

void EventSet::add(int fd, uint64_t key) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  SEKISHO_CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
}

uint64_t EventSet::watch(int fd) {
  add(fd, ++last_key_);
  return last_key_;
}

void EventSet::unwatch(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

void EventSet::raise() { SEKISHO_CHECK(::eventfd_write(wake_.get(), 1) == 0); }

size_t EventSet::take(std::span<uint64_t> keys) {
  epoll_event events[kEventsMax];
  const int room = static_cast<int>(std::min(keys.size(), kEventsMax));
  const int n = ::epoll_wait(epoll_.get(), events, room, 0);
  size_t taken = 0;
  for (int i = 0; i < n; ++i) {
    if (events[i].data.u64 != kWakeKey) {
      keys[taken++] = events[i].data.u64;
      continue;
    }
    eventfd_t unused;
    ::eventfd_read(wake_.get(), &unused);
  }
  return taken;
}

}  // namespace sekisho::worker
