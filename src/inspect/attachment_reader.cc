#include "inspect/attachment_reader.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/html_sniff.h"

namespace sekisho::inspect {

namespace {

std::vector<std::string> names_of(const mail::Part& part) {
  std::vector<std::string> names;
  for (const std::string* name : {&part.file_name, &part.other_name})
    if (!name->empty()) names.push_back(*name);
  for (const std::string& name : part.further_names)
    if (!name.empty()) names.push_back(name);
  return names;
}

// A text without a name is shown in the mail itself.
attachment::Examiner::Type type_of_unnamed(std::string_view type) {
  using Type = attachment::Examiner::Type;
  return starts_with_ignore_case(type, "text/") ? Type::kShown : Type::kAsk;
}

}  // namespace

void AttachmentReader::begin(const mail::Part& part) {
  names_.clear();
  content_type_.clear();
  note_names(part);
}

void AttachmentReader::note_names(const mail::Part& part) {
  std::vector<std::string> names = names_of(part);
  type_ = names.empty() ? type_of_unnamed(part.type) : attachment::Examiner::Type::kAsk;
  if (names == names_) return;
  names_ = std::move(names);
  examiner_->take_names(names_);
}

bool AttachmentReader::end(int fd, uint64_t size) {
  const std::string_view name = names_.empty() ? std::string_view() : names_.front();
  const bool read = examiner_->take_content(fd, size, name, type_);
  content_type_ = examiner_->type();
  return read;
}

bool AttachmentReader::end_inner(int fd, uint64_t size, std::string_view type) {
  return examiner_->take_content(fd, size, {}, type_of_unnamed(type));
}

bool AttachmentReader::take_inner(int fd, uint64_t size) {
  const std::string_view name = names_.empty() ? std::string_view() : names_.front();
  return examiner_->take_content(fd, size, name, attachment::Examiner::Type::kAsk);
}

bool AttachmentReader::is_page() const {
  return std::any_of(names_.begin(), names_.end(), codec::is_html_file_name);
}

std::vector<std::string> texts_of(const attachment::FindingList& found) {
  std::vector<std::string> texts;
  for (const attachment::Finding& f : found.findings())
    texts.push_back(std::string(attachment::finding_name(f.kind)) + " " + f.detail);
  return texts;
}

}  // namespace sekisho::inspect
