#include "base/file_stamp.h"

#include <sys/stat.h>

namespace sekisho {
namespace {

int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

void add_file(const std::string& path, FileStamps& stamps) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  stamps[path] = {status.st_ino, static_cast<uint64_t>(status.st_size), nanoseconds(status.st_mtim),
                  nanoseconds(status.st_ctim)};
}

}  // namespace

FileStamps stamps_of(const std::vector<std::filesystem::path>& paths) {
  FileStamps stamps;
  for (const auto& path : paths) {
    add_file(path.string(), stamps);
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry(
        path, std::filesystem::directory_options::skip_permission_denied, error),
        end;
    for (; !error && entry != end; entry.increment(error)) add_file(entry->path().string(), stamps);
  }
  return stamps;
}

std::string first_difference(const FileStamps& one, const FileStamps& other) {
  for (const auto& [path, stamp] : one) {
    const auto at = other.find(path);
    if (at == other.end() || at->second != stamp) return path;
  }
  for (const auto& [path, stamp] : other)
    if (one.count(path) == 0) return path;
  return "";
}

}  // namespace sekisho
