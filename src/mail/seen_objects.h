// mail/seen_objects.h: which decoded bodies have been looked at, so that the readings of one
// message don't look at the same bytes twice.
//
// The names must be a keyed hash's (codec/keyed_hash.h): who could make two objects of one name
// would have the second passed over.
//
// Memory: kMax × 8 bytes.  Full or by a collision of slots it forgets: then bytes are looked at
// again, never passed over.

#pragma once

#include <array>
#include <cstdint>

namespace sekisho::mail {

class SeenObjects {
 public:
  static constexpr size_t kMax = 4096;

  void clear() { slots_.fill(0); }
  // True the first time.
  bool add(uint64_t object) {
    object |= 1;  // 0 is an empty slot
    uint64_t& slot = slots_[(object >> 1) % kMax];
    if (slot == object) return false;
    slot = object;
    return true;
  }

 private:
  std::array<uint64_t, kMax> slots_{};
};

}  // namespace sekisho::mail
