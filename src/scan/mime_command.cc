#include "scan/mime_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "mail/part_walk.h"
#include "mail/seen_objects.h"

namespace sekisho::scan {
namespace {

using nlohmann::ordered_json;

constexpr size_t kBlockBytes = 64 << 10;

class Printer {
 public:
  explicit Printer(codec::DigestKind kind)
      : walk_([this](const mail::WalkEvent& event) { on_event(event); }),
        digest_name_(kind == codec::DigestKind::kMd5 ? "md5" : "sha256"),
        digest_(kind) {}

  // All readings of the message in `file`.
  Result<void> print(int file) {
    std::vector<char> block(kBlockBytes);
    while (const auto reading = plan_.next()) {
      walk_.begin(*reading);
      for (uint64_t at = 0;;) {
        const auto n = read_at(file, block, at);
        if (!n) return n.error();
        if (*n == 0) break;
        walk_.feed({block.data(), *n});
        at += *n;
      }
      plan_.note(*reading, walk_.finish());
      ++reading_;
    }
    return {};
  }

 private:
  void on_event(const mail::WalkEvent& event) {
    using Kind = mail::WalkEvent::Kind;
    if (event.kind == Kind::kHeadersEnd && event.is_leaf) {
      digest_.reset();
      bytes_ = 0;
    } else if (event.kind == Kind::kDecoded) {
      digest_.feed(event.bytes);
      bytes_ += event.bytes.size();
    } else if (event.kind == Kind::kPartEnd) {
      on_part_end(event);
    }
  }

  void on_part_end(const mail::WalkEvent& event) {
    const bool is_new = event.is_leaf && seen_.add(event.object);
    if (reading_ > 0 && !is_new) return;
    const mail::Part& part = *event.part;
    ordered_json line = {{"path", part.path},
                         {"type", part.type},
                         {"charset", part.charset},
                         {"encoding", part.encoding_label},
                         {"name", part.file_name},
                         {"other_name", part.other_name},
                         {"further_names", part.further_names},
                         {"attachment", part.attachment},
                         {"bytes", nullptr},
                         {digest_name_, nullptr}};
    if (event.is_leaf) {
      line["bytes"] = bytes_;
      line[digest_name_] = digest_.hex();
      digest_.reset();
    }
    line["defects"] = event.defects.names();
    line["reading"] = reading_;
    std::cout << line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
  }

  mail::PartWalk walk_;
  mail::ReadingPlan plan_;
  mail::SeenObjects seen_;
  unsigned reading_ = 0;
  std::string digest_name_;
  codec::Digest digest_;
  uint64_t bytes_ = 0;
};

// Each reading begins at the begin: what can't go back there is copied first.
Result<UniqueFd> seekable(UniqueFd fd) {
  if (::lseek(fd.get(), 0, SEEK_SET) == 0) return fd;
  auto copy = make_unlinked_file("/tmp");
  if (!copy) return copy;
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const ssize_t n = ::read(fd.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("read");
    if (n == 0) return copy;
    if (auto written = write_all(copy->get(), {block.data(), static_cast<size_t>(n)}); !written)
      return written.error();
  }
}

}  // namespace

int print_mime(const std::string& file, codec::DigestKind digest) {
  UniqueFd opened(file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened) {
    std::cerr << errno_error(file).message << '\n';
    return 2;
  }
  const auto source = seekable(std::move(opened));
  if (!source) {
    std::cerr << file << ": " << source.error().message << '\n';
    return 2;
  }
  Printer printer(digest);
  if (const auto printed = printer.print(source->get()); !printed) {
    std::cerr << file << ": " << printed.error().message << '\n';
    return 2;
  }
  return 0;
}

}  // namespace sekisho::scan
