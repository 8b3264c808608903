// worker/event_set.h: an epoll set whose descriptors have keys that are never used twice.
//
// So an event of a descriptor that was dropped a moment ago finds nothing, even when its number is
// in use again.
//
// Memory: the kernel's.  Threads: one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/unique_fd.h"

namespace sekisho::worker {

class EventSet {
 public:
  EventSet();

  int fd() const { return epoll_.get(); }
  uint64_t watch(int fd);  // until unwatch(), which comes before close()
  void unwatch(int fd);
  void raise();  // makes fd() readable until the next take()

  // The keys that are readable now, at most as many as `keys` holds; the rest stays for the next
  // call.
  size_t take(std::span<uint64_t> keys);

 private:
  void add(int fd, uint64_t key);

  UniqueFd epoll_;
  UniqueFd wake_;
  uint64_t last_key_ = 0;
};

}  // namespace sekisho::worker
