// scan/offset_map.h: where in its file a byte of a message stands, when bytes of the file were left
// out (the ">" of a quoted line in an mbox).
//
//   map.note(in_message, in_file);       // a run of bytes begins; both grow
//   map.in_file(offset)
//
// Memory: fixed; the runs but the first lie in an unlinked file, 16 bytes each.  Time: a few reads
// for an offset.  Process: the command line.

#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho::scan {

class OffsetMap {
 public:
  Result<void> note(uint64_t in_message, uint64_t in_file);
  Result<uint64_t> in_file(uint64_t in_message) const;

 private:
  struct Run {
    uint64_t in_message = 0, in_file = 0;
  };
  Result<Run> run_at(uint64_t index) const;

  Run first_;
  uint64_t runs_ = 0;
  UniqueFd file_;  // runs 1 and up
};

}  // namespace sekisho::scan
