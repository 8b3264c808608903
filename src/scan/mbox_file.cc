#include "scan/mbox_file.h"

#include <cerrno>
#include <utility>

#include "base/file.h"
#include "scan/temporary_folder.h"

namespace sekisho::scan {

std::vector<std::string_view> box_defects(const Message& message) {
  std::vector<std::string_view> names;
  if (message.wrong_length) names.push_back("wrong_content_length");
  if (message.holds_message) names.push_back("message_inside");
  return names;
}

MboxFile::MboxFile(std::string path, ForwardFile file, mail::MboxForm form)
    : path_(std::move(path)),
      file_(std::move(file)),
      reader_([this](uint64_t offset, std::span<char> into) { return read(offset, into); }, form) {}

// To the reader what can't be read is the end. A length that leads far is none that is true.
size_t MboxFile::read(uint64_t offset, std::span<char> into) {
  if (file_.is_far(offset + into.size())) return 0;
  const auto n = file_.read_at(offset, into);
  if (!n) read_ = n.error();
  return n ? *n : 0;
}

Result<std::optional<Message>> MboxFile::next() {
  using Kind = mail::MboxEvent::Kind;
  for (;;) {
    const auto event = reader_.next();
    if (!event && !read_) return read_.error();
    if (!event) return std::optional<Message>();
    file_.release(reader_.needed_from());
    const auto done = event->kind == Kind::kMessageBegin ? begin(*event)
                      : event->kind == Kind::kChunk      ? add(*event)
                                                         : end(*event);
    if (!done) return done.error();
    if (event->kind == Kind::kMessageEnd)
      return std::optional<Message>(std::exchange(current_, {}));
  }
}

Result<void> MboxFile::begin(const mail::MboxEvent& event) {
  auto file = make_unlinked_file(folder_of_unlinked_files());
  if (!file) return file.error();
  current_ = {};
  current_.path = path_;
  current_.index = index_++;
  current_.fd = std::move(*file);
  current_.begin = event.offset;
  return {};
}

Result<void> MboxFile::add(const mail::MboxEvent& event) {
  if (file_.is_compressed() && current_.bytes + event.bytes.size() > kUnpackedMessageBytesMax)
    return Error{"a message unpacks to more than 1 GiB", EFBIG};
  if (current_.bytes == 0 || event.offset != behind_)
    if (auto noted = current_.offsets.note(current_.bytes, event.offset); !noted) return noted;
  behind_ = event.offset + event.bytes.size();
  const auto written = write_at(current_.fd.get(), event.bytes, current_.bytes);
  current_.bytes += event.bytes.size();
  return written;
}

Result<void> MboxFile::end(const mail::MboxEvent& event) {
  current_.end = event.offset;
  current_.wrong_length = event.wrong_length;
  current_.holds_message = event.holds_message;
  if (current_.bytes == 0) return current_.offsets.note(0, event.offset);
  return {};
}

}  // namespace sekisho::scan
