#include "inspect/walk.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/file.h"
#include "codec/encoded_word.h"

namespace sekisho::inspect {
namespace {

std::string cut(std::string text) {
  if (text.size() > kFieldBytesMax) text.resize(kFieldBytesMax);
  return text;
}

// The fields in which a sender writes addresses for the reader and his client; those of the
// transport (Received, DKIM-Signature, Message-ID) name hosts that nobody clicks.
bool has_uris(std::string_view name) {
  return equals_ignore_case(name, "Subject") || equals_ignore_case(name, "List-Unsubscribe") ||
         equals_ignore_case(name, "Content-Base") || equals_ignore_case(name, "Content-Location");
}

bool is_read_by_us(std::string_view name) {
  return has_uris(name) || equals_ignore_case(name, "From") ||
         equals_ignore_case(name, "Message-ID");
}

}  // namespace

Walk::Walk(std::shared_ptr<const rules::RuleSet> rules, antivirus::Engine* engine,
           AttachmentReader attachments, uri::SuffixList suffixes, std::vector<Scratch> scratches)
    : rules_(std::move(rules)),
      matcher_(rules_ ? std::make_unique<rules::Matcher>(*rules_) : nullptr),
      suffixes_(std::move(suffixes)),
      uris_(suffixes_, matcher_.get()),
      in_fields_(suffixes_),
      attachments_(std::move(attachments)),
      scratches_(std::move(scratches)),
      reader_(matcher_.get(), engine, uris_, parts_found_, scratches_),
      parts_([this](const mail::WalkEvent& event) { on_event(event); }),
      window_(Pipeline::kWindowBytes) {
  attachments_.on_file([this](std::string_view name) {
    if (matcher_) matcher_->attachment(name, {});
  });
}

void Walk::reset(const Job& job) {
  plan_.reset();
  begun_.clear();
  ended_.clear();
  named_.clear();
  parts_found_ = {};
  attachments_.reset();
  uris_.reset();
  findings_ = {};
  places_ = {};
  defects_ = {};
  if (!matcher_) return;
  matcher_->begin();
  matcher_->envelope(job.sender, job.helo, job.client);
}

void Walk::run(int spool, const Job& job) {
  reset(job);
  bool complete = true;
  while (const auto reading = plan_.next()) {
    reading_ = *reading;
    parts_.begin(reading_);
    complete = read_through(spool, job.size) && complete;
    plan_.note(reading_, parts_.finish());
  }
  findings_.viruses = parts_found_.antivirus.viruses;
  findings_.unscanned = parts_found_.antivirus.unscanned;
  findings_.attachment_list = attachments_.findings();
  findings_.attachments = texts_of(findings_.attachment_list);
  if (!complete) findings_.unscanned.push_back("engine_error");
  if (places_.removals.size() > kRemovalsMax) {
    places_.removals.clear();
    findings_.unscanned.push_back("too_many_edits");
  }
  if (plan_.exceeded()) defects_.add(mail::Defect::kAmbiguousBeyondLimit);
  for (const std::string_view name : defects_.names()) findings_.defects.emplace_back(name);
  name_what_is_unscanned();
  name_what_the_text_told();
  findings_.uris = std::move(uris_.listed());
  if (places_.has_subject) find_subject_value(spool);
  if (!matcher_) return;
  for (const std::string& name : findings_.defects) matcher_->defect(name);
  for (const rules::Hit& hit : matcher_->finish())
    findings_.hits.push_back({std::string(hit.rule), hit.score});
  findings_.score = matcher_->score();
}

void Walk::name_what_the_text_told() {
  const std::pair<bool, std::string_view> told[] = {
      {parts_found_.hidden_text, "hidden_text"},
      {parts_found_.wrong_charset, "wrong_charset"},
      {uris_.obfuscated(), "obfuscated_uri"},
      {uris_.exceeded(), "too_many_uris"},
      {parts_found_.data_too_deep, "data_too_deep"},
      {parts_found_.too_much_data, "too_many_data_uris"},
  };
  for (const auto& [seen, name] : told)
    if (seen) findings_.defects.emplace_back(name);
  // No antivirus saw what is in those.
  if (parts_found_.data_too_deep) findings_.unscanned.emplace_back("data_too_deep");
  if (parts_found_.too_much_data) findings_.unscanned.emplace_back("too_many_data_uris");
}

// What lies behind these limits was read as raw bytes, or not in all ways.
void Walk::name_what_is_unscanned() {
  for (const mail::Defect limit :
       {mail::Defect::kTooDeep, mail::Defect::kTooManyParts, mail::Defect::kAmbiguousBeyondLimit})
    if (defects_.has(limit)) findings_.unscanned.emplace_back(mail::defect_name(limit));
  for (const std::string_view reason : findings_.attachment_list.unscanned())
    if (std::find(findings_.unscanned.begin(), findings_.unscanned.end(), reason) ==
        findings_.unscanned.end())
      findings_.unscanned.emplace_back(reason);
}

bool Walk::read_through(int spool, uint64_t size) {
  for (uint64_t at = 0; at < size;) {
    const size_t want = static_cast<size_t>(std::min<uint64_t>(window_.size(), size - at));
    const auto n = read_at(spool, {window_.data(), want}, at);
    if (!n || *n == 0) return false;
    const std::string_view bytes(window_.data(), *n);
    if (matcher_ && reading_.is_plain()) matcher_->full(bytes);
    parts_.feed(bytes);
    at += *n;
  }
  return true;
}

void Walk::on_event(const mail::WalkEvent& event) {
  using Kind = mail::WalkEvent::Kind;
  switch (event.kind) {
    case Kind::kPartBegin:
      if (reading_.is_plain()) ++findings_.parts;
      break;
    case Kind::kHeaderField:
      on_field(event);
      break;
    case Kind::kHeadersEnd:
      on_headers_end(event);
      break;
    case Kind::kDecoded:
      reader_.feed(event.bytes);
      break;
    case Kind::kPartEnd:
      on_part_end(event);
      break;
    case Kind::kEnd:
      break;
  }
}

void Walk::on_headers_end(const mail::WalkEvent& event) {
  if (reading_.is_plain() && matcher_) {
    matcher_->part_headers_end();
    if (event.part->depth == 0) matcher_->headers_end();
  }
  if (!event.is_leaf) return;
  attachments_.begin(*event.part);
  reader_.begin(
      {event.part->type, event.part->charset, event.part->flow},
      begun_.add(text_name(event)) ? PartReader::Rules::kMatch : PartReader::Rules::kSeenBefore,
      &attachments_);
}

// The same bytes are another text as HTML, in another charset, and with other lines.
uint64_t Walk::text_name(const mail::WalkEvent& event) {
  const char flow = static_cast<char>(event.part->flow);
  const uint64_t typed = hash_.of(hash_.of(event.object, event.part->type), {&flow, 1});
  return hash_.of(typed, to_lower(event.part->charset));
}

// Of further readings only what they found counts, not how they found it.
void Walk::on_part_end(const mail::WalkEvent& event) {
  const bool is_new = event.is_leaf && ended_.add(event.object);
  if (reading_.is_plain())
    defects_.merge(event.defects);
  else
    for (const mail::Defect defect :
         {mail::Defect::kHiddenField, mail::Defect::kTooDeep, mail::Defect::kTooManyParts})
      if (event.defects.has(defect)) defects_.add(defect);
  if (!event.is_leaf) return;
  attachments_.note_names(*event.part);
  reader_.end(is_new ? PartReader::Antivirus::kScan : PartReader::Antivirus::kSeenBefore,
              attachments_.is_page() ? PartReader::Opens::kAsPage : PartReader::Opens::kByContent);
  match_names(event);
}

// Each name of a file once, in whichever reading it has it.
void Walk::match_names(const mail::WalkEvent& event) {
  if (!matcher_) return;
  const std::string_view type = attachments_.content_type();
  if (attachments_.names().empty() && !type.empty()) matcher_->attachment({}, type);
  for (const std::string& name : attachments_.names())
    if (named_.add(hash_.of(event.object, name))) matcher_->attachment(name, type);
}

void Walk::on_field(const mail::WalkEvent& event) {
  if (!reading_.is_plain()) return;
  if (matcher_) matcher_->part_header(event.name, event.value);
  if (event.part->depth != 0) return;
  const bool is_read =
      is_read_by_us(event.name) || (matcher_ && matcher_->reads_header(event.name));
  const std::string decoded = is_read ? codec::decode_encoded_words(event.value) : std::string();
  if (matcher_) matcher_->header(event.name, event.value, decoded);
  on_root_field(event, decoded);
  find_uris_of_field(event.name, decoded);
}

void Walk::find_uris_of_field(std::string_view name, std::string_view decoded) {
  if (!has_uris(name)) return;
  in_fields_.reset();
  in_fields_.feed(decoded);
  in_fields_.finish();
  while (const auto found = in_fields_.next()) uris_.add(*found);
}

void Walk::on_root_field(const mail::WalkEvent& event, const std::string& decoded) {
  if (equals_ignore_case(event.name, "Subject")) {
    if (places_.has_subject) return;
    places_.has_subject = true;
    subject_offset_ = event.offset;
    findings_.subject = cut(std::string(trim(decoded)));
  } else if (equals_ignore_case(event.name, "From")) {
    if (findings_.from.empty()) findings_.from = cut(std::string(trim(decoded)));
  } else if (equals_ignore_case(event.name, "Message-ID")) {
    if (findings_.message_id.empty()) findings_.message_id = cut(std::string(trim(decoded)));
  } else if (equals_ignore_case(event.name, "Received")) {
    ++findings_.received;
  } else if (is_our_field(event.name)) {
    remove_field(event);
  }
}

void Walk::remove_field(const mail::WalkEvent& event) {
  if (!places_.removals.empty()) {
    Edit& last = places_.removals.back();
    if (last.offset + last.remove == event.offset) {
      last.remove += event.length;
      return;
    }
  }
  if (places_.removals.size() <= kRemovalsMax)
    places_.removals.push_back({event.offset, event.length, {}});
}

// The tag goes behind "Subject:" and its blanks; a value that begins on a folded line keeps its
// fold.
void Walk::find_subject_value(int spool) {
  std::array<char, 256> head;
  const auto n = read_at(spool, head, subject_offset_);
  if (!n) return;
  const std::string_view bytes(head.data(), *n);
  size_t at = bytes.find(':');
  if (at == std::string_view::npos) {
    places_.has_subject = false;
    return;
  }
  ++at;
  while (at < bytes.size() && is_blank(bytes[at])) ++at;
  places_.subject_value = subject_offset_ + at;
}

}  // namespace sekisho::inspect
