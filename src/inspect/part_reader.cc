#include "inspect/part_reader.h"

#include <algorithm>
#include <chrono>

#include "base/bytes.h"

namespace sekisho::inspect {
namespace {

void add_unique(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& item : from)
    if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
}

}  // namespace

void AntivirusFindings::add(const antivirus::ScanResult& result) {
  add_unique(viruses, result.viruses);
  add_unique(unscanned, result.unscanned);
}

PartReader::PartReader(rules::Matcher* matcher, antivirus::Engine* engine, Scratch scratch)
    : matcher_(matcher), engine_(engine), scratch_(std::move(scratch)) {}

void PartReader::begin(const mail::Part& part) {
  open_ = true;
  decoder_.reset(part.encoding);
  text_ = part.type == "text/html"                      ? Text::kHtml
          : starts_with_ignore_case(part.type, "text/") ? Text::kPlain
                                                        : Text::kNone;
  if (text_ != Text::kNone) charset_.reset(part.charset);
  if (text_ == Text::kHtml) html_.reset();
  reading_ = part.kind == mail::Part::Kind::kMessage ? antivirus::Engine::Reading::kMail
                                                     : antivirus::Engine::Reading::kBytes;
  scratch_failed_ = !scratch_.clear().has_value();
  if (matcher_ != nullptr && text_ != Text::kNone) matcher_->part_begin();
}

void PartReader::feed(std::string_view raw) {
  decoded_.clear();
  decoder_.feed(raw, decoded_);
  take_decoded();
}

void PartReader::end() {
  decoded_.clear();
  decoder_.finish(decoded_);
  take_decoded();
  if (matcher_ != nullptr && text_ != Text::kNone) {
    utf8_.clear();
    rendered_.clear();
    charset_.finish(utf8_);
    if (text_ == Text::kHtml) {
      html_.feed(utf8_, rendered_);
      html_.finish(rendered_);
    }
    matcher_->body(text_ == Text::kHtml ? rendered_ : utf8_);
    matcher_->part_end();
  }
  scan_scratch();
  open_ = false;
}

void PartReader::take_decoded() {
  if (decoded_.empty()) return;
  if (engine_ != nullptr && !scratch_failed_)
    scratch_failed_ = !scratch_.write(decoded_).has_value();
  if (matcher_ == nullptr || text_ == Text::kNone) return;
  matcher_->rawbody(decoded_);
  utf8_.clear();
  charset_.feed(decoded_, utf8_);
  if (text_ == Text::kPlain) return matcher_->body(utf8_);
  rendered_.clear();
  html_.feed(utf8_, rendered_);
  matcher_->body(rendered_);
}

void PartReader::scan_scratch() {
  if (engine_ == nullptr || (scratch_.size() == 0 && !scratch_failed_)) return;
  const auto started = std::chrono::steady_clock::now();
  const auto fd = scratch_.finish();
  if (!fd || scratch_failed_) {
    findings_.add({{}, {"engine_error"}});
  } else {
    findings_.add(scan(*fd));
  }
  findings_.milliseconds +=
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
}

// A message inside base64 is not walked by us. Where it is too large for libclamav's mail parser,
// what its own encodings hide has not been seen.
antivirus::ScanResult PartReader::scan(int fd) {
  const bool too_large =
      reading_ == antivirus::Engine::Reading::kMail && scratch_.size() > kMailReadingBytesMax;
  antivirus::ScanResult result =
      engine_->scan(fd, too_large ? antivirus::Engine::Reading::kBytes : reading_);
  if (too_large) result.unscanned.emplace_back("encoded_message_too_large");
  return result;
}

}  // namespace sekisho::inspect
