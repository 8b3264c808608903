#include "gateway/maildir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"

namespace sekisho::gateway {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

Result<void> sync_folder(const std::filesystem::path& folder) {
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return errno_error(folder.string());
  if (::fsync(fd.get()) != 0) return errno_error("fsync " + folder.string());
  return {};
}

// Makes a folder and what leads to it; each new name is fsynced in its parent.
Result<void> make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(folder.parent_path());
  if (errno == EEXIST) return {};
  if (errno != ENOENT || !folder.has_parent_path()) return errno_error("mkdir " + folder.string());
  if (auto made = make_folder(folder.parent_path()); !made) return made;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return errno_error("mkdir " + folder.string());
  return sync_folder(folder.parent_path());
}

// Unique on this host for ever: time, process, a counter (Maildir's "unique name").
std::string unique_name(const std::string& host_name) {
  static std::atomic<uint64_t> counter{0};
  timeval now{};
  ::gettimeofday(&now, nullptr);
  return fmt::format("{}.M{:06}P{}Q{}.{}", now.tv_sec, now.tv_usec, ::getpid(), ++counter,
                     host_name);
}

Result<uint64_t> copy_to(EditedMessage& message, int fd) {
  static thread_local std::vector<char> block(kBlockBytes);
  uint64_t bytes = 0;
  for (;;) {
    const auto n = message.read(block);
    if (!n) return n.error();
    if (*n == 0) return bytes;
    if (auto written = write_all(fd, {block.data(), *n}); !written) return written.error();
    bytes += *n;
  }
}

// A delivery that takes longer has died (https://cr.yp.to/proto/maildir.html: 36 hours).
constexpr std::chrono::hours kDeadAfter{36};

// What a crash left. At each delivery, since tmp/ is nearly always empty.
void remove_left_over(const std::filesystem::path& tmp) {
  const auto oldest = std::filesystem::file_time_type::clock::now() - kDeadAfter;
  std::error_code error;
  std::filesystem::directory_iterator entry(tmp, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    const auto written = entry->last_write_time(gone);
    if (!gone && written < oldest && entry->is_regular_file(gone)) ::unlink(entry->path().c_str());
  }
}

bool is_plain(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '+' || c == '=' || c == '.';
}

std::string safe_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c) && !(c == '.' && out.empty())) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out.empty() ? "%" : out;
}

}  // namespace

std::filesystem::path mailbox_folder(const std::string& local, const std::string& domain) {
  return std::filesystem::path(safe_name(domain)) / safe_name(local);
}

Result<void> Maildir::create() {
  // "tmp" comes last: where it is, the others are.
  if (::access((folder_ / "tmp").c_str(), F_OK) == 0) return {};
  for (const char* name : {"cur", "new", "tmp"})
    if (auto made = make_folder(folder_ / name); !made) return made;
  return {};
}

Result<Maildir::Staged> Maildir::stage(EditedMessage& message, const std::string& host_name) {
  Staged staged{fmt::format("{},S={}", unique_name(host_name), message.size()), message.size()};
  remove_left_over(folder_ / "tmp");
  const std::filesystem::path path = folder_ / "tmp" / staged.name;
  UniqueFd fd(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!fd && errno == ENOENT) {
    if (auto created = create(); !created) return created.error();
    fd.reset(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  }
  if (!fd) return errno_error(path.string());
  const auto bytes = copy_to(message, fd.get());
  const Error* failure = bytes ? nullptr : &bytes.error();
  Error sync_error;
  if (failure == nullptr && ::fsync(fd.get()) != 0) {
    sync_error = errno_error("fsync " + path.string());
    failure = &sync_error;
  }
  if (failure != nullptr) {
    const Error error = *failure;
    discard(staged);
    return error;
  }
  return staged;
}

Result<void> Maildir::commit(const Staged& staged) {
  const std::filesystem::path from = folder_ / "tmp" / staged.name;
  const std::filesystem::path to = folder_ / "new" / staged.name;
  if (::rename(from.c_str(), to.c_str()) != 0) return errno_error("rename to " + to.string());
  if (auto synced = sync_folder(folder_ / "new"); !synced) {
    revoke(staged);
    return synced;
  }
  return {};
}

void Maildir::discard(const Staged& staged) { ::unlink((folder_ / "tmp" / staged.name).c_str()); }

void Maildir::revoke(const Staged& staged) { ::unlink((folder_ / "new" / staged.name).c_str()); }

}  // namespace sekisho::gateway
