#include "inspect/part_reader.h"

#include <algorithm>
#include <chrono>

#include "base/bytes.h"
#include "base/file.h"
#include "codec/html_sniff.h"

namespace sekisho::inspect {
namespace {

constexpr size_t kWindowBytes = 16 << 10;

void add_unique(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& item : from)
    if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
}

// Images in SVG are pages with links and scripts, but their words are no mail text.
bool is_drawing(std::string_view type) { return type == "image/svg+xml"; }

bool is_html(std::string_view type) {
  return type == "text/html" || type == "application/xhtml+xml" || is_drawing(type);
}

TextReader::Markup markup_of(const PartReader::TextForm& form) {
  using Flow = mail::Part::Flow;
  using Markup = TextReader::Markup;
  const std::string_view type = form.type;
  if (is_html(type)) return Markup::kHtml;
  if (type == "text/rtf" || type == "application/rtf" || type == "application/x-rtf")
    return Markup::kRtf;
  if (type != "text/plain" || form.flow == Flow::kFixed) return Markup::kPlain;
  return form.flow == Flow::kFlowed ? Markup::kFlowed : Markup::kFlowedDelSp;
}

}  // namespace

void AntivirusFindings::add(const antivirus::ScanResult& result) {
  add_unique(viruses, result.viruses);
  add_unique(unscanned, result.unscanned);
}

PartReader::PartReader(rules::Matcher* matcher, antivirus::Engine* engine, UriList& uris,
                       PartFindings& findings, std::span<Scratch> scratches)
    : matcher_(matcher),
      engine_(engine),
      findings_(findings),
      scratch_(scratches.front()),
      text_(matcher, uris) {
  if (scratches.size() > 1)
    data_ = std::make_unique<PartReader>(matcher, engine, uris, findings, scratches.subspan(1));
  window_.resize(kWindowBytes);
}

void PartReader::begin(const TextForm& form, Rules rules, AttachmentReader* attachments) {
  open_ = true;
  attachments_ = attachments;
  inner_type_.clear();
  markup_ = markup_of(form);
  is_text_ = markup_ != TextReader::Markup::kPlain || form.type.starts_with("text/");
  is_matched_ = is_text_ && rules == Rules::kMatch && !is_drawing(form.type) && matcher_ != nullptr;
  scratch_failed_ = !scratch_.clear().has_value();
  if (is_matched_) matcher_->part_begin();
  if (is_text_)
    text_.begin(markup_, form.charset,
                is_matched_ ? TextReader::Matching::kAll : TextReader::Matching::kUris);
}

void PartReader::feed(std::string_view decoded) {
  if (!scratch_failed_) scratch_failed_ = !scratch_.write(decoded).has_value();
  if (!is_text_) return;
  text_.feed(decoded);
  take_data();
}

void PartReader::end(Antivirus antivirus, Opens opens) {
  if (is_text_) {
    text_.finish();
    take_data();
    findings_.wrong_charset |= !text_.second_reading().empty();
    read_otherwise();
    findings_.hidden_text |= text_.hides_text();
  }
  if (is_matched_) matcher_->part_end();
  if (antivirus == Antivirus::kScan) {
    if (const auto markup = opens_as(opens)) read_as(*markup);
    scan_scratch();
  }
  open_ = false;
}

// What a client makes of it beside what its type says.
std::optional<TextReader::Markup> PartReader::opens_as(Opens opens) {
  using Markup = TextReader::Markup;
  if (markup_ == Markup::kHtml || scratch_.size() == 0) return std::nullopt;
  if (opens == Opens::kAsPage) return Markup::kHtml;
  if (is_text_) return std::nullopt;
  const auto fd = scratch_.finish();
  if (!fd) return std::nullopt;  // scan_scratch() reports it
  const auto n = read_at(*fd, {window_.data(), codec::kHtmlSniffBytes}, 0);
  if (!n) return std::nullopt;
  const std::string_view first_bytes(window_.data(), *n);
  if (codec::looks_like_rtf(first_bytes)) return Markup::kRtf;
  return codec::looks_like_html(first_bytes) ? std::optional(Markup::kHtml) : std::nullopt;
}

void PartReader::read_as(TextReader::Markup markup) {
  text_.begin(markup, {}, TextReader::Matching::kUris);
  feed_scratch_to_text();
  text_.finish();
  take_data();
  read_otherwise();
}

// The rules see each reading: which one the reader sees depends on his client.
void PartReader::read_otherwise() {
  if (const std::string_view second = text_.second_reading(); !second.empty()) read_again(second);
  if (const std::string_view stated = text_.stated_reading(); !stated.empty()) read_again(stated);
  if (text_.deletes_spaces()) {
    text_.begin_again_in_lines();
    feed_scratch_to_text();
    text_.finish();
  }
}

void PartReader::read_again(std::string_view charset) {
  text_.begin_again(charset);
  feed_scratch_to_text();
  text_.finish();
  take_data();
}

void PartReader::feed_scratch_to_text() {
  const auto fd = scratch_.finish();
  const uint64_t size = scratch_.size();
  bool failed = !fd || scratch_failed_;
  for (uint64_t at = 0; at < size && !failed;) {
    const auto n = read_at(*fd, {window_.data(), window_.size()}, at);
    failed = !n || *n == 0;
    if (failed) break;
    text_.feed({window_.data(), *n});
    take_data();
    at += *n;
  }
  if (failed) findings_.antivirus.add({{}, {"engine_error"}});
}

// Pieces of data: URIs, each a part.
void PartReader::take_data() {
  for (const codec::HtmlData& piece : text_.data()) {
    if (!piece.type.empty()) begin_data(piece);
    if (data_ == nullptr || !data_->open()) continue;
    data_->feed(piece.bytes);
    if (piece.ends) data_->end();
  }
}

void PartReader::begin_data(const codec::HtmlData& data) {
  if (data_ == nullptr) {
    findings_.data_too_deep = true;
  } else if (++findings_.data_parts > kDataPartsMax) {
    findings_.too_much_data = true;
  } else {
    data_->begin_inner(data, attachments_);
  }
}

void PartReader::begin_inner(const codec::HtmlData& data, AttachmentReader* attachments) {
  begin({data.type, data.charset}, Rules::kMatch, attachments);
  inner_type_ = data.type;
}

// False when the bytes could not be read.
bool PartReader::examine(int fd) {
  if (attachments_ == nullptr) return true;
  if (inner_type_.empty()) return attachments_->end(fd, scratch_.size());
  return attachments_->end_inner(fd, scratch_.size(), inner_type_);
}

void PartReader::scan_scratch() {
  if (scratch_.size() == 0 && !scratch_failed_) return;
  const auto fd = scratch_.finish();
  if (!fd || scratch_failed_) return findings_.antivirus.add({{}, {"engine_error"}});
  if (!examine(*fd)) findings_.antivirus.add({{}, {"engine_error"}});
  if (engine_ == nullptr) return;
  const auto started = std::chrono::steady_clock::now();
  const antivirus::OnInner on_inner = [this](int inner, uint64_t size) {
    return attachments_ == nullptr || attachments_->take_inner(inner, size);
  };
  findings_.antivirus.add(engine_->scan(*fd, antivirus::Engine::Reading::kBytes, on_inner));
  findings_.antivirus.milliseconds +=
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
}

}  // namespace sekisho::inspect
