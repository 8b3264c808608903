// base/file_stamp.h: whether files have changed since they were read.
//
//   const FileStamps loaded = stamps_of(paths);
//   …
//   const FileStamps now = stamps_of(paths);
//   if (now != loaded) log_info("changed", {{"file", first_difference(loaded, now)}});
//
// A stamp is what a change of content changes: inode, size, and the times of modification and of
// status change in nanoseconds. Files are not opened.
//
// Memory: an entry per file.  Threads: any.  Broken input: what can't be looked at has no stamp, as
// if it were not there.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace sekisho {

using FileStamp = std::tuple<uint64_t, uint64_t, int64_t, int64_t>;
using FileStamps = std::map<std::string, FileStamp>;

// Of files, and of all files below folders.
FileStamps stamps_of(const std::vector<std::filesystem::path>& paths);

// A file that one of them lacks or has otherwise; "" when they are equal.
std::string first_difference(const FileStamps& one, const FileStamps& other);

}  // namespace sekisho
