#include "scan/message_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "base/file.h"
#include "scan/temporary_folder.h"

namespace sekisho::scan {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

bool is_maildir(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::is_directory(folder / "cur", error) &&
         std::filesystem::is_directory(folder / "new", error);
}

// What stands in a Maildir: another, in its own way of naming or in the file system's.
bool is_mail_folder(const std::filesystem::path& path) {
  const auto name = path.filename();
  if (name == "cur" || name == "new" || name == "tmp") return false;
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  return type == std::filesystem::file_type::directory ||
         type == std::filesystem::file_type::none;  // can't be told: an error where it is opened
}

// What can't be read is none.
bool is_mbox(ForwardFile& file) {
  return mail::begins_like_mbox([&file](uint64_t offset, std::span<char> into) {
    const auto n = file.read_at(offset, into);
    return n ? *n : 0;
  });
}

}  // namespace

Result<UniqueFd> copy_of(int fd) {
  auto copy = make_unlinked_file(folder_of_unlinked_files());
  if (!copy) return copy;
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const ssize_t n = ::read(fd, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("read");
    if (n == 0) return copy;
    if (auto written = write_all(copy->get(), {block.data(), static_cast<size_t>(n)}); !written)
      return written.error();
  }
}

Result<Message> whole_message(const std::string& path, ForwardFile file) {
  Message message;
  message.path = path;
  if (!file.is_compressed()) {
    message.fd = file.take();
    const auto size = file_size(message.fd.get());
    if (!size) return size.error();
    message.bytes = *size;
    return message;
  }
  auto copy = make_unlinked_file(folder_of_unlinked_files());
  if (!copy) return copy.error();
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const auto n = file.read_at(message.bytes, block);
    if (!n && message.bytes == 0) return n.error();
    if (!n) message.fault = n.error();
    if (!n || *n == 0) break;
    if (auto written = write_at(copy->get(), {block.data(), *n}, message.bytes); !written)
      return written.error();
    message.bytes += *n;
    file.release(message.bytes);
    if (message.bytes > kUnpackedMessageBytesMax) return Error{"unpacks to more than 1 GiB", EFBIG};
  }
  message.fd = std::move(*copy);
  return message;
}

MessageSource::MessageSource(std::vector<std::string> paths, mail::MboxForm form)
    : queue_(paths.begin(), paths.end()), form_(form) {}

MessageSource::~MessageSource() = default;

std::optional<Message> MessageSource::next() {
  for (;;) {
    if (mbox_) {
      auto message = mbox_->next();
      if (message && *message) return std::move(*message);
      if (!message) complain(mbox_path_, message.error());
      mbox_.reset();
    }
    if (queue_.empty()) return std::nullopt;
    const std::filesystem::path path = queue_.front();
    queue_.pop_front();
    if (auto message = open(path)) return message;
  }
}

std::optional<Message> MessageSource::open(const std::filesystem::path& path) {
  std::error_code error;
  if (path != "-" && std::filesystem::is_directory(path, error)) {
    if (is_new_folder(path)) expand_folder(path);
    return std::nullopt;
  }
  Result<UniqueFd> file = UniqueFd();
  if (path == "-")
    file = copy_of(STDIN_FILENO);
  else
    *file = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file && !*file) file = errno_error("open");
  if (file) {
    auto message = read(path.string(), std::move(*file));
    if (message) return std::move(*message);
    file = message.error();
  }
  complain(path.string(), file.error());
  return std::nullopt;
}

// No message yet where it is an mbox.
Result<std::optional<Message>> MessageSource::read(const std::string& path, UniqueFd fd) {
  struct stat st {};
  if (::fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) return Error{"not a regular file", 0};
  auto file = ForwardFile::open(std::move(fd));
  if (!file) return file.error();
  if (!is_mbox(*file)) {
    auto message = whole_message(path, std::move(*file));
    if (!message) return message.error();
    if (message->fault) complain(path, *message->fault);
    return std::optional<Message>(std::move(*message));
  }
  mbox_path_ = path;
  mbox_ = std::make_unique<MboxFile>(path, std::move(*file), form_);
  return std::optional<Message>();
}

// Symbolic links may lead back; where it is can't be said of one that can't be read either.
bool MessageSource::is_new_folder(const std::filesystem::path& folder) {
  struct stat st {};
  if (::stat(folder.c_str(), &st) != 0) return true;
  return folders_.emplace(st.st_dev, st.st_ino).second;
}

// What could be read of it, where not all could.
std::vector<std::filesystem::path> MessageSource::sorted_entries(
    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
    entries.push_back(entry->path());
  if (error) complain(folder.string(), Error{error.message(), error.value()});
  std::sort(entries.begin(), entries.end());
  return entries;
}

// What is found stands before what was asked for later. Of a Maildir only delivered mail is read.
void MessageSource::expand_folder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  if (is_maildir(folder)) {
    for (const char* name : {"cur", "new"}) found.push_back(folder / name);
    for (auto& entry : sorted_entries(folder))
      if (is_mail_folder(entry)) found.push_back(std::move(entry));
  } else {
    found = sorted_entries(folder);
  }
  queue_.insert(queue_.begin(), found.begin(), found.end());
}

void MessageSource::complain(const std::string& path, const Error& error) {
  std::cerr << "sekisho: " << path << ": " << error.message << '\n';
  ++errors_;
}

}  // namespace sekisho::scan
