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

PartReader::PartReader(rules::Matcher* matcher, antivirus::Engine* engine,
                       AttachmentReader attachments, Scratch scratch)
    : matcher_(matcher),
      engine_(engine),
      attachments_(std::move(attachments)),
      scratch_(std::move(scratch)) {}

void PartReader::begin(const mail::Part& part, Rules rules) {
  open_ = true;
  attachments_.begin(part);
  text_ = rules == Rules::kSeenBefore                   ? Text::kNone
          : part.type == "text/html"                    ? Text::kHtml
          : starts_with_ignore_case(part.type, "text/") ? Text::kPlain
                                                        : Text::kNone;
  if (text_ != Text::kNone) charset_.reset(part.charset);
  if (text_ == Text::kHtml) html_.reset();
  scratch_failed_ = !scratch_.clear().has_value();
  if (matcher_ != nullptr && text_ != Text::kNone) matcher_->part_begin();
}

void PartReader::feed(std::string_view decoded) {
  if (!scratch_failed_) scratch_failed_ = !scratch_.write(decoded).has_value();
  if (matcher_ == nullptr || text_ == Text::kNone) return;
  matcher_->rawbody(decoded);
  utf8_.clear();
  charset_.feed(decoded, utf8_);
  if (text_ == Text::kPlain) return matcher_->body(utf8_);
  rendered_.clear();
  html_.feed(utf8_, rendered_);
  matcher_->body(rendered_);
}

void PartReader::end(Antivirus antivirus) {
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
  if (antivirus == Antivirus::kScan) scan_scratch();
  open_ = false;
}

void PartReader::scan_scratch() {
  if (scratch_.size() == 0 && !scratch_failed_) return;
  const auto fd = scratch_.finish();
  if (!fd || scratch_failed_ || !attachments_.end(*fd, scratch_.size()))
    return findings_.add({{}, {"engine_error"}});
  if (engine_ == nullptr) return;
  const auto started = std::chrono::steady_clock::now();
  findings_.add(engine_->scan(*fd, antivirus::Engine::Reading::kBytes));
  findings_.milliseconds +=
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
}

}  // namespace sekisho::inspect
