#include "scan/offset_map.h"

#include <cstring>

#include "base/file.h"
#include "scan/temporary_folder.h"

namespace sekisho::scan {

Result<void> OffsetMap::note(uint64_t in_message, uint64_t in_file) {
  const Run run{in_message, in_file};
  if (runs_++ == 0) {
    first_ = run;
    return {};
  }
  if (!file_) {
    auto file = make_unlinked_file(folder_of_unlinked_files());
    if (!file) return file.error();
    file_ = std::move(*file);
  }
  char bytes[sizeof run];
  std::memcpy(bytes, &run, sizeof run);
  return write_at(file_.get(), {bytes, sizeof bytes}, (runs_ - 2) * sizeof run);
}

Result<OffsetMap::Run> OffsetMap::run_at(uint64_t index) const {
  if (index == 0) return first_;
  Run run;
  char bytes[sizeof run];
  const auto n = read_at(file_.get(), bytes, (index - 1) * sizeof run);
  if (!n) return n.error();
  if (*n != sizeof bytes) return Error{"offsets: file too short", 0};
  std::memcpy(&run, bytes, sizeof run);
  return run;
}

// The last run that begins at or before the offset.
Result<uint64_t> OffsetMap::in_file(uint64_t in_message) const {
  uint64_t low = 0, high = runs_;
  while (low + 1 < high) {
    const uint64_t middle = low + (high - low) / 2;
    const auto run = run_at(middle);
    if (!run) return run.error();
    (run->in_message <= in_message ? low : high) = middle;
  }
  const auto run = run_at(low);
  if (!run) return run.error();
  return run->in_file + (in_message - run->in_message);
}

}  // namespace sekisho::scan
