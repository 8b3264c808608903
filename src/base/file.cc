#include "base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

namespace sekisho {

Result<size_t> read_at(int fd, std::span<char> buffer, uint64_t offset) {
  size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t n =
        ::pread(fd, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
    if (n == 0) break;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("read");
    done += static_cast<size_t>(n);
  }
  return done;
}

Result<void> write_at(int fd, std::string_view bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("write");
    bytes.remove_prefix(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return {};
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

Result<uint64_t> file_size(int fd) {
  struct stat st {};
  if (::fstat(fd, &st) != 0) return errno_error("fstat");
  return static_cast<uint64_t>(st.st_size);
}

Result<std::string> read_file(const std::filesystem::path& path, size_t bytes_max) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(path.string());
  std::string out;
  char block[16384];
  for (;;) {
    const ssize_t n = ::read(fd.get(), block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(path.string());
    if (n == 0) return out;
    out.append(block, static_cast<size_t>(n));
    if (out.size() > bytes_max) return Error{path.string() + ": larger than expected", EFBIG};
  }
}

Result<UniqueFd> make_unlinked_file(const std::filesystem::path& directory) {
  UniqueFd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR) return errno_error(directory.string());
  std::string name = (directory / "spool.XXXXXX").string();
  fd.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return errno_error(name);
  ::unlink(name.c_str());
  return fd;
}

Result<UniqueFd> reopen_read_only(int fd) {
  const std::string self = "/proc/self/fd/" + std::to_string(fd);
  UniqueFd again(::open(self.c_str(), O_RDONLY | O_CLOEXEC));
  if (!again) return errno_error(self);
  return again;
}

void remove_left_by_the_dead(const std::filesystem::path& folder, std::string_view prefix) {
  std::error_code error, ignored;
  std::filesystem::directory_iterator entry(folder, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const pid_t pid = std::atoi(name.c_str() + prefix.size());
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH)
      std::filesystem::remove_all(entry->path(), ignored);
  }
}

}  // namespace sekisho
