#include "scan/mime_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "mail/address.h"
#include "mail/mbox_reader.h"
#include "mail/part_walk.h"
#include "mail/seen_objects.h"

namespace sekisho::scan {
namespace {

using nlohmann::ordered_json;

constexpr size_t kBlockBytes = 64 << 10;

void print_line(const ordered_json& line) {
  std::cout << line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

class Printer {
 public:
  explicit Printer(codec::DigestKind kind)
      : walk_([this](const mail::WalkEvent& event) { on_event(event); }),
        digest_name_(kind == codec::DigestKind::kMd5 ? "md5" : "sha256"),
        digest_(kind) {}

  // All readings of the message in bytes begin..end of `file`.
  Result<void> print(int file, uint64_t begin, uint64_t end) {
    begin_ = begin;
    reading_ = 0;
    plan_.reset();
    seen_.clear();
    while (const auto reading = plan_.next()) {
      walk_.begin(*reading);
      for (uint64_t at = begin; at < end;) {
        const size_t want = static_cast<size_t>(std::min<uint64_t>(block_.size(), end - at));
        const auto n = read_at(file, {block_.data(), want}, at);
        if (!n) return n.error();
        if (*n == 0) break;
        walk_.feed({block_.data(), *n});
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
    if (event.kind == Kind::kPartBegin && event.part->depth == 0) {
      addresses_ = ordered_json::object();
    } else if (event.kind == Kind::kHeaderField && event.part->depth == 0) {
      note_addresses(event);
    } else if (event.kind == Kind::kHeadersEnd && event.is_leaf) {
      digest_.reset();
      bytes_ = 0;
    } else if (event.kind == Kind::kDecoded) {
      digest_.feed(event.bytes);
      bytes_ += event.bytes.size();
    } else if (event.kind == Kind::kPartEnd) {
      on_part_end(event);
    }
  }

  void note_addresses(const mail::WalkEvent& event) {
    for (const char* name : {"From", "To", "Cc"}) {
      if (!equals_ignore_case(event.name, name)) continue;
      ordered_json& list = addresses_[to_lower(name)];
      if (list.is_null()) list = ordered_json::array();
      for (const mail::Address& address : mail::parse_address_list(event.value))
        list.push_back(address.text());
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
    line["header"] = begin_ + part.header_begin;
    line["body"] = begin_ + part.body_begin;
    line["end"] = begin_ + part.body_end;
    if (part.depth == 0) line["addresses"] = addresses_;
    print_line(line);
  }

  mail::PartWalk walk_;
  std::vector<char> block_ = std::vector<char>(kBlockBytes);
  uint64_t begin_ = 0;
  ordered_json addresses_;
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

// Each message of an mbox, where it stands in the file.
Result<void> print_mbox(int file, Printer& printer) {
  std::vector<char> block(kBlockBytes);
  mail::MboxReader reader;
  uint64_t begin = 0, messages = 0;
  for (uint64_t at = 0;;) {
    const auto n = read_at(file, block, at);
    if (!n) return n.error();
    if (*n == 0)
      reader.finish();
    else
      reader.feed({block.data(), *n});
    at += *n;
    while (const auto event = reader.next()) {
      if (event->kind == mail::MboxEvent::Kind::kMessageBegin) begin = event->offset;
      if (event->kind != mail::MboxEvent::Kind::kMessageEnd) continue;
      const uint64_t end = event->offset;
      print_line({{"message", messages++}, {"offset", begin}, {"bytes", end - begin}});
      if (auto printed = printer.print(file, begin, end); !printed) return printed;
    }
    if (*n == 0) return {};
  }
}

}  // namespace

int print_mime(const MimeOptions& options) {
  const std::string& file = options.file;
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
  Printer printer(options.digest);
  const auto printed = options.mbox ? print_mbox(source->get(), printer)
                                    : printer.print(source->get(), 0, UINT64_MAX);
  if (!printed) {
    std::cerr << file << ": " << printed.error().message << '\n';
    return 2;
  }
  return 0;
}

}  // namespace sekisho::scan
