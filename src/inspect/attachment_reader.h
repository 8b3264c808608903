// inspect/attachment_reader.h: a leaf part on its way to attachment::Examiner.
//
// begin() with its headers, in each reading of the message; note_names() when it is over, since the
// name of a file in a winmail.dat may come behind its bytes; end() with its decoded bytes.
//
// Process: inspector worker.  Memory: the examiner's, and the part's names.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "attachment/examiner.h"
#include "mail/mime_parser.h"

namespace sekisho::inspect {

class AttachmentReader {
 public:
  explicit AttachmentReader(std::unique_ptr<attachment::Examiner> examiner)
      : examiner_(std::move(examiner)) {}

  void reset() { examiner_->begin(); }
  void begin(const mail::Part& part);
  void note_names(const mail::Part& part);
  // False when the bytes could not be read.
  bool end(int fd, uint64_t size);
  // For what stands in the part as a data: URI of that type, and has no name.
  bool end_inner(int fd, uint64_t size, std::string_view type);

  // For what the antivirus unpacked of the part that ended last.
  bool take_inner(int fd, uint64_t size);

  // Whether a browser opens it, by one of its names.
  bool is_page() const;
  const attachment::FindingList& findings() const { return examiner_->findings(); }
  const std::vector<std::string>& names() const { return names_; }
  // What its bytes are, when end() was called and it is a file.
  std::string_view content_type() const { return content_type_; }
  void on_file(attachment::Examiner::OnFile on_file) { examiner_->on_file(std::move(on_file)); }

 private:
  std::unique_ptr<attachment::Examiner> examiner_;
  std::vector<std::string> names_;
  std::string content_type_;
  attachment::Examiner::Type type_ = attachment::Examiner::Type::kAsk;
};

// "executable windows program", "encrypted zip": what a log line and a report say.
std::vector<std::string> texts_of(const attachment::FindingList& found);

}  // namespace sekisho::inspect
