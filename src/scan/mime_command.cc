#include "scan/mime_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "codec/sha256.h"
#include "codec/transfer_decoder.h"
#include "mail/mime_parser.h"

namespace sekisho::scan {
namespace {

using nlohmann::ordered_json;

class Printer {
 public:
  void feed(std::string_view bytes) {
    parser_.feed(bytes);
    drain();
  }

  void finish() {
    parser_.finish();
    drain();
    for (const ordered_json& line : lines_)
      std::cout << line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
  }

 private:
  void drain() {
    while (const auto event = parser_.next()) on_event(*event);
  }

  void on_event(const mail::MimeEvent& event) {
    using Kind = mail::MimeEvent::Kind;
    if (event.kind == Kind::kPartBegin) {
      line_of_[event.part->path] = lines_.size();
      lines_.emplace_back();
    } else if (event.kind == Kind::kHeadersEnd) {
      decoder_.reset(event.part->encoding);
      digest_.reset();
      bytes_ = 0;
    } else if (event.kind == Kind::kBodyChunk) {
      if (event.part->kind != mail::Part::Kind::kMultipart) on_chunk(event.bytes);
    } else if (event.kind == Kind::kPartEnd) {
      on_part_end(*event.part);
    }
  }

  void on_chunk(std::string_view raw) {
    decoded_.clear();
    decoder_.feed(raw, decoded_);
    count_decoded();
  }

  void count_decoded() {
    digest_.feed(decoded_);
    bytes_ += decoded_.size();
  }

  void on_part_end(const mail::Part& part) {
    const auto at = line_of_.find(part.path);
    if (at == line_of_.end()) return;
    ordered_json& line = lines_[at->second];
    line = {{"path", part.path},
            {"type", part.type},
            {"charset", part.charset},
            {"encoding", part.encoding_label},
            {"name", part.file_name},
            {"other_name", part.other_name},
            {"attachment", part.attachment}};
    const bool is_leaf = part.kind == mail::Part::Kind::kLeaf || leaf_message(part);
    line["bytes"] = nullptr;
    line["sha256"] = nullptr;
    if (is_leaf) {
      decoded_.clear();
      decoder_.finish(decoded_);
      count_decoded();
      line["bytes"] = bytes_;
      line["sha256"] = digest_.hex();
      digest_.reset();
    }
    line["defects"] = part.defects.names();
    line_of_.erase(at);
  }

  // A message part in base64 or quoted-printable has no child of ours: its decoded bytes are its
  // body.
  bool leaf_message(const mail::Part& part) const {
    return part.kind == mail::Part::Kind::kMessage && !line_of_.contains(part.path + ".1") &&
           part.encoding != codec::TransferEncoding::kIdentity;
  }

  mail::MimeParser parser_;
  codec::TransferDecoder decoder_;
  codec::Sha256 digest_;
  uint64_t bytes_ = 0;
  std::string decoded_;
  std::vector<ordered_json> lines_;
  std::map<std::string, size_t> line_of_;
};

}  // namespace

int print_mime(const std::string& file) {
  UniqueFd opened;
  int fd = STDIN_FILENO;
  if (file != "-") {
    opened.reset(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) {
      std::cerr << errno_error(file).message << '\n';
      return 2;
    }
    fd = opened.get();
  }
  Printer printer;
  std::vector<char> block(64 << 10);
  for (;;) {
    const ssize_t n = ::read(fd, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      std::cerr << errno_error(file).message << '\n';
      return 2;
    }
    if (n == 0) break;
    printer.feed({block.data(), static_cast<size_t>(n)});
  }
  printer.finish();
  return 0;
}

}  // namespace sekisho::scan
