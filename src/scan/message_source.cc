#include "scan/message_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "base/file.h"
#include "mail/mbox_reader.h"

namespace sekisho::scan {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

std::filesystem::path temporary_folder() {
  std::error_code error;
  auto folder = std::filesystem::temp_directory_path(error);
  return error ? std::filesystem::path("/tmp") : folder;
}

bool is_maildir(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::is_directory(folder / "cur", error) ||
         std::filesystem::is_directory(folder / "new", error);
}

std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool begins_like_mbox(int fd) {
  char head[5];
  const auto n = read_at(fd, head, 0);
  return n && *n == sizeof head && std::string_view(head, sizeof head) == "From ";
}

// Standard input has no offset to go back to: it is copied first.
Result<UniqueFd> copy_of_input() {
  auto copy = make_unlinked_file(temporary_folder());
  if (!copy) return copy;
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const ssize_t n = ::read(STDIN_FILENO, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("standard input");
    if (n == 0) return copy;
    if (auto written = write_all(copy->get(), {block.data(), static_cast<size_t>(n)}); !written)
      return written.error();
  }
}

}  // namespace

// The messages of one mbox, each copied to a file of its own.
class MboxFile {
 public:
  MboxFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Result<std::optional<Message>> next() {
    for (;;) {
      while (const auto event = reader_.next()) {
        auto done = on_event(*event);
        if (!done) return done.error();
        if (*done) return std::optional<Message>(take());
      }
      if (ended_) return std::optional<Message>();
      if (auto fed = feed(); !fed) return fed.error();
    }
  }

 private:
  Result<void> feed() {
    const auto n = read_at(fd_.get(), block_, offset_);
    if (!n) return n.error();
    offset_ += *n;
    ended_ = *n == 0;
    if (ended_)
      reader_.finish();
    else
      reader_.feed({block_.data(), *n});
    return {};
  }

  // True when a message is complete.
  Result<bool> on_event(const mail::MboxEvent& event) {
    using Kind = mail::MboxEvent::Kind;
    if (event.kind == Kind::kMessageBegin) {
      auto file = make_unlinked_file(temporary_folder());
      if (!file) return file.error();
      current_ = {path_, index_++, std::move(*file), 0};
    } else if (event.kind == Kind::kChunk) {
      if (auto written = write_at(current_.fd.get(), event.bytes, current_.bytes); !written)
        return written.error();
      current_.bytes += event.bytes.size();
    }
    return event.kind == Kind::kMessageEnd;
  }

  Message take() { return std::exchange(current_, {}); }

  std::string path_;
  UniqueFd fd_;
  uint64_t offset_ = 0;
  uint64_t index_ = 0;
  bool ended_ = false;
  std::vector<char> block_ = std::vector<char>(kBlockBytes);
  mail::MboxReader reader_;
  Message current_;
};

MessageSource::MessageSource(std::vector<std::string> paths) : queue_(paths.begin(), paths.end()) {}

MessageSource::~MessageSource() = default;

std::optional<Message> MessageSource::next() {
  for (;;) {
    if (mbox_) {
      auto message = mbox_->next();
      if (message && *message) return std::move(*message);
      if (!message) complain(message.error());
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
    expand_folder(path);
    return std::nullopt;
  }
  Result<UniqueFd> file = UniqueFd();
  if (path == "-")
    file = copy_of_input();
  else
    *file = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file && !*file) file = errno_error(path.string());
  if (!file) {
    complain(file.error());
    return std::nullopt;
  }
  struct stat st {};
  if (::fstat(file->get(), &st) != 0 || !S_ISREG(st.st_mode)) {
    complain({path.string() + ": not a regular file", 0});
    return std::nullopt;
  }
  if (begins_like_mbox(file->get())) {
    mbox_ = std::make_unique<MboxFile>(path.string(), std::move(*file));
    return std::nullopt;
  }
  return Message{path.string(), 0, std::move(*file), static_cast<uint64_t>(st.st_size)};
}

// What is found stands before what was asked for later. Of a Maildir only delivered mail is read.
void MessageSource::expand_folder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  if (is_maildir(folder)) {
    for (const char* name : {"cur", "new"})
      for (auto& entry : sorted_entries(folder / name)) found.push_back(std::move(entry));
    for (auto& entry : sorted_entries(folder))  // Maildir++ folders
      if (entry.filename().string().starts_with(".") && is_maildir(entry)) found.push_back(entry);
  } else {
    found = sorted_entries(folder);
  }
  queue_.insert(queue_.begin(), found.begin(), found.end());
}

void MessageSource::complain(const Error& error) {
  std::cerr << "sekisho: " << error.message << '\n';
  ++errors_;
}

}  // namespace sekisho::scan
