#include "scan/mime_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "mail/address.h"
#include "mail/part_walk.h"
#include "mail/seen_objects.h"
#include "scan/mbox_file.h"
#include "scan/message_source.h"

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

  // All readings of the message.
  Result<void> print(const Message& message) {
    message_ = &message;
    failed_ = {};
    reading_ = 0;
    plan_.reset();
    seen_.clear();
    while (const auto reading = plan_.next()) {
      walk_.begin(*reading);
      for (uint64_t at = 0;;) {
        const auto n = read_at(message.fd.get(), block_, at);
        if (!n) return n.error();
        if (*n == 0) break;
        walk_.feed({block_.data(), *n});
        at += *n;
      }
      plan_.note(*reading, walk_.finish());
      ++reading_;
    }
    return failed_;
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
    line["header"] = in_file(part.header_begin);
    line["body"] = in_file(part.body_begin);
    line["end"] = in_file(part.body_end);
    if (part.depth == 0) line["addresses"] = addresses_;
    print_line(line);
  }

  uint64_t in_file(uint64_t offset) {
    const auto there = message_->offsets.in_file(offset);
    if (there) return *there;
    failed_ = there.error();
    return 0;
  }

  mail::PartWalk walk_;
  std::vector<char> block_ = std::vector<char>(kBlockBytes);
  const Message* message_ = nullptr;
  Result<void> failed_;
  ordered_json addresses_;
  mail::ReadingPlan plan_;
  mail::SeenObjects seen_;
  unsigned reading_ = 0;
  std::string digest_name_;
  codec::Digest digest_;
  uint64_t bytes_ = 0;
};

Result<void> print_mbox(ForwardFile file, const MimeOptions& options, Printer& printer) {
  MboxFile box(options.file, std::move(file), options.mbox_form);
  for (;;) {
    const auto message = box.next();
    if (!message) return message.error();
    if (!*message) return {};
    print_line({{"message", (*message)->index},
                {"offset", (*message)->begin},
                {"bytes", (*message)->end - (*message)->begin},
                {"defects", box_defects(**message)}});
    if (auto printed = printer.print(**message); !printed) return printed;
  }
}

Result<void> print_file(const MimeOptions& options) {
  UniqueFd opened(options.file == "-" ? ::dup(STDIN_FILENO)
                                      : ::open(options.file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened) return errno_error("open");
  const bool seekable = ::lseek(opened.get(), 0, SEEK_SET) == 0;
  auto fd = seekable ? Result<UniqueFd>(std::move(opened)) : copy_of(opened.get());
  if (!fd) return fd.error();
  auto file = ForwardFile::open(std::move(*fd));
  if (!file) return file.error();
  Printer printer(options.digest);
  if (options.mbox) return print_mbox(std::move(*file), options, printer);
  const auto message = whole_message(options.file, std::move(*file));
  if (!message) return message.error();
  if (auto printed = printer.print(*message); !printed || !message->fault) return printed;
  return *message->fault;
}

}  // namespace

int print_mime(const MimeOptions& options) {
  auto printed = print_file(options);
  if (printed && !std::cout.flush()) printed = Error{"standard output can't be written", 0};
  if (printed) return 0;
  std::cerr << "sekisho: " << options.file << ": " << printed.error().message << '\n';
  return 2;
}

}  // namespace sekisho::scan
