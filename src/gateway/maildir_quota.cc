#include "gateway/maildir_quota.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <string>

#include "base/file.h"

namespace sekisho::gateway {
namespace {

constexpr size_t kSizeFileBytesMax = 5120;
constexpr auto kOldAfter = std::chrono::minutes(15);

struct Count {
  int64_t bytes = 0;
  int64_t messages = 0;
};

// The size stands in the name (",S=123"); otherwise the file is asked.
int64_t message_bytes(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  const size_t at = name.find(",S=");
  int64_t bytes = 0;
  if (at != std::string::npos &&
      std::from_chars(name.data() + at + 3, name.data() + name.size(), bytes).ec == std::errc())
    return bytes;
  std::error_code error;
  const auto size = entry.file_size(error);
  return error ? 0 : static_cast<int64_t>(size);
}

void count_folder(const std::filesystem::path& folder, Count& count) {
  for (const char* name : {"new", "cur"}) {
    std::error_code error;
    std::filesystem::directory_iterator entry(folder / name, error), end;
    for (; !error && entry != end; entry.increment(error)) {
      count.bytes += message_bytes(*entry);
      ++count.messages;
    }
  }
}

// Folders of a Maildir++ are ".Name" in its root; mail in the trash doesn't count.
Count count_maildir(const std::filesystem::path& maildir) {
  Count count;
  count_folder(maildir, count);
  std::error_code error;
  std::filesystem::directory_iterator entry(maildir, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code unknown;
    if (entry->is_directory(unknown) && name.size() > 1 && name[0] == '.' && name != ".Trash")
      count_folder(entry->path(), count);
  }
  return count;
}

int64_t sum_lines(std::string_view lines) {
  int64_t sum = 0;
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    int64_t bytes = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), bytes).ec == std::errc())
      sum += bytes;
  }
  return sum;
}

}  // namespace

Result<MaildirQuota::Sum> MaildirQuota::read_sum() const {
  UniqueFd fd(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return Sum{};
  if (!fd) return errno_error(path().string());
  struct stat st {};
  if (::fstat(fd.get(), &st) != 0) return errno_error(path().string());
  if (static_cast<size_t>(st.st_size) > kSizeFileBytesMax) return Sum{};
  std::string text(kSizeFileBytesMax, '\0');
  const auto n = read_at(fd.get(), text, 0);
  if (!n) return n.error();
  text.resize(*n);
  const size_t first_end = text.find('\n');
  if (text.substr(0, first_end) != fmt::format("{}S", bytes_max_)) return Sum{};
  const auto changed = std::chrono::system_clock::from_time_t(st.st_mtime);
  const std::string_view rest = first_end == std::string::npos
                                    ? std::string_view{}
                                    : std::string_view(text).substr(first_end + 1);
  return Sum{sum_lines(rest), true, std::chrono::system_clock::now() - changed > kOldAfter};
}

// Written beside and renamed, so that a reader sees the old file or the new one.
Result<int64_t> MaildirQuota::recount() const {
  const Count count = count_maildir(maildir_);
  const std::filesystem::path beside =
      maildir_ / "tmp" / fmt::format("maildirsize.{}.{}", ::getpid(), ::gettid());
  UniqueFd fd(::open(beside.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  if (!fd) return errno_error(beside.string());
  const std::string text = fmt::format("{}S\n{} {}\n", bytes_max_, count.bytes, count.messages);
  if (auto written = write_all(fd.get(), text); !written) return written.error();
  if (::rename(beside.c_str(), path().c_str()) != 0) return errno_error(path().string());
  return count.bytes;
}

Result<MaildirQuota::Room> MaildirQuota::room_for(uint64_t bytes, uint64_t others) const {
  if (bytes_max_ == 0) return Room::kYes;
  if (bytes > bytes_max_) return Room::kMessageTooLarge;
  const auto sum = read_sum();
  if (!sum) return sum.error();
  const auto limit = static_cast<int64_t>(bytes_max_ - bytes);
  int64_t used = sum->bytes;
  if (!sum->usable || (used > limit && sum->old)) {
    const auto counted = recount();
    if (!counted) return counted.error();
    used = *counted;
  }
  if (used > limit) return Room::kFull;
  return used + static_cast<int64_t>(others) <= limit ? Room::kYes : Room::kBusy;
}

Result<void> MaildirQuota::add(uint64_t bytes) const {
  if (bytes_max_ == 0) return {};
  UniqueFd fd(::open(path().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fd) return errno_error(path().string());
  return write_all(fd.get(), fmt::format("{} 1\n", bytes));
}

}  // namespace sekisho::gateway
