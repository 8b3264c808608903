#include "mail/part_walk.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"

namespace sekisho::mail {
namespace {

using codec::TransferEncoding;

constexpr unsigned kLookedAtMax = 256;  // bytes that say whether an unlabelled body is base64
constexpr unsigned kLooksAfter = 64;
constexpr std::string_view kBareCrDelimiter = "\r--";

bool is_base64_digit(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
}

}  // namespace

PartWalk::PartWalk(OnEvent on_event, MimeLimits limits)
    : on_event_(std::move(on_event)), limits_(limits) {
  frames_.push_back(std::make_unique<Frame>(limits_));
}

void PartWalk::begin(const Reading& reading) {
  reading_ = reading;
  hints_ = {};
  if (reading.is_plain()) attached_mails_.clear();
  files_of_message_ = 0;
  file_open_ = false;
  frames_[0]->origin = 0;
  frames_[0]->body = Frame::Body::kNone;
  frames_[0]->parser.reset(reading);
}

void PartWalk::feed(std::string_view bytes) {
  frames_[0]->parser.feed(bytes);
  drain(0);
}

Hints PartWalk::finish() {
  frames_[0]->parser.finish();
  drain(0);
  hints_.merge(frames_[0]->parser.hints());
  return hints_;
}

void PartWalk::drain(size_t level) {
  while (const auto event = frames_[level]->parser.next()) on_parsed(level, *event);
}

void PartWalk::on_parsed(size_t level, const MimeEvent& event) {
  using Kind = MimeEvent::Kind;
  WalkEvent out;
  out.part = event.part;
  switch (event.kind) {
    case Kind::kPartBegin:
      if (reading_.inner_files) return;
      out.kind = WalkEvent::Kind::kPartBegin;
      break;
    case Kind::kHeaderField:
      if (reading_.inner_files) return;
      out.kind = WalkEvent::Kind::kHeaderField;
      out.name = event.name;
      out.value = event.value;
      out.offset = event.offset;
      out.length = event.length;
      break;
    case Kind::kHeadersEnd:
      return begin_body(level, *event.part);
    case Kind::kBodyChunk:
      return take_chunk(level, *event.part, event.bytes);
    case Kind::kPartEnd:
      return end_body(level, *event.part);
    case Kind::kEnd:
      if (level > 0) return;
      break;
  }
  on_event_(out);
}

void PartWalk::begin_body(size_t level, const Part& part) {
  Frame& frame = *frames_[level];
  frame.defects = {};
  frame.looked_at = 0;
  frame.looks_like_base64 = false;
  frame.lower_case = false;
  frame.cr_matched = 0;
  frame.escape_left = 0;
  frame.decoded_bytes = 0;
  hints_.inner_files |= files_.in_text();  // in a preamble
  end_file();
  files_.reset();
  files_of_part_ = 0;
  frame.body = Frame::Body::kNone;
  frame.encoding = part.encoding;
  frame.may_be_mail = false;
  if (!begin_message(level, part) && part.kind == Part::Kind::kLeaf) choose_decoding(frame, part);
  frame.decoder.reset(frame.encoding);
  if (reading_.inner_files) return;
  WalkEvent out;
  out.kind = WalkEvent::Kind::kHeadersEnd;
  out.part = &part;
  out.is_leaf = frame.body == Frame::Body::kLeaf;
  out.object = object_of(frame, part, 0);
  on_event_(out);
}

// Of a message that its own parser reads: one that is encoded, or attached as a file.
bool PartWalk::begin_message(size_t level, const Part& part) {
  Frame& frame = *frames_[level];
  const bool encoded =
      part.encoding != TransferEncoding::kIdentity && part.encoding != TransferEncoding::kUnknown;
  const bool is_message = (part.kind == Part::Kind::kMessage && encoded) ||
                          (part.kind == Part::Kind::kLeaf && is_attached_mail(frame, part));
  if (!is_message) return false;
  if (level + 1 == kEncodedMessagesMax) {
    frame.body = Frame::Body::kLeaf;
    frame.defects.add(Defect::kTooDeep);
    return true;
  }
  frame.body = Frame::Body::kMessage;
  if (frames_.size() == level + 1) frames_.push_back(std::make_unique<Frame>(limits_));
  Frame& inner = *frames_[level + 1];
  inner.body = Frame::Body::kNone;
  inner.origin = hash_.of({frame.origin, part.body_begin, static_cast<uint64_t>(frame.encoding)});
  inner.parser.reset(reading_, {part.path + ".1", part.depth + 1});
  return true;
}

bool PartWalk::is_attached_mail(const Frame& frame, const Part& part) {
  if (reading_.mails_deep == 0) return false;
  const uint64_t place = object_of(frame, part, 0);
  return std::find(attached_mails_.begin(), attached_mails_.end(), place) != attached_mails_.end();
}

// A text without a name is read where it stands, a header in it too.
void PartWalk::note_attached_mail(Frame& frame, const Part& part) {
  if (!frame.may_be_mail || !frame.mail.seen()) return;
  hints_.attached_mail = true;
  const uint64_t place = object_of(frame, part, 0);
  if (std::find(attached_mails_.begin(), attached_mails_.end(), place) != attached_mails_.end())
    return;
  if (attached_mails_.size() == kAttachedMailsMax)
    frame.defects.add(Defect::kTooManyParts);
  else
    attached_mails_.push_back(place);
}

// Which of the leaf's encodings this reading takes, and how it decodes it; kSkipped where another
// reading has that already.
void PartWalk::choose_decoding(Frame& frame, const Part& part) {
  frame.body = Frame::Body::kLeaf;
  frame.may_be_mail = reading_.encoding == 0 && reading_.way == 0 && !reading_.inner_files &&
                      (!part.type.starts_with("text/") || !part.file_name.empty());
  frame.mail.reset();
  const size_t encodings = part.encodings.size();
  hints_.encodings =
      std::max(hints_.encodings, static_cast<uint8_t>(std::min<size_t>(encodings, 255)));
  if (reading_.encoding > 0) {
    if (reading_.encoding < encodings)
      frame.encoding = part.encodings[reading_.encoding];
    else if (reading_.encoding == 1 && part.encoding == TransferEncoding::kIdentity)
      frame.encoding = TransferEncoding::kBase64;  // what an unlabelled body may look like
    else
      frame.body = Frame::Body::kSkipped;
  }
  if (reading_.way == 0) return;
  if (reading_.way <= codec::LooseDecoder::ways(frame.encoding))
    loose_.reset(frame.encoding, reading_.way);
  else
    frame.body = Frame::Body::kSkipped;
}

bool PartWalk::is_loose(const Frame& frame) const {
  return reading_.way > 0 && frame.body == Frame::Body::kLeaf;
}

void PartWalk::take_chunk(size_t level, const Part& part, std::string_view raw) {
  Frame& frame = *frames_[level];
  if (frame.encoding != TransferEncoding::kBase64) look_for_bare_cr(frame, raw);
  if (part.kind == Part::Kind::kMultipart) {
    // Preamble and epilogue: no part of ours, but a client that knows no MIME sees them.
    if (reading_.inner_files)
      files_.feed(raw, [&](const InnerFileEvent& event) { on_file(part, event); });
    else if (reading_.is_plain())
      files_.look(raw, InnerFiles::As::kText);
    return;
  }
  if (frame.body == Frame::Body::kNone || frame.body == Frame::Body::kSkipped) return;
  const bool as_it_stands =
      frame.encoding == TransferEncoding::kIdentity || frame.encoding == TransferEncoding::kUnknown;
  if (as_it_stands && frame.looked_at < kLookedAtMax) look_for_base64(frame, raw);
  if (as_it_stands) return take_decoded(level, part, raw);
  if (frame.encoding == TransferEncoding::kQuotedPrintable) look_for_lower_case(frame, raw);
  frame.decoded.clear();
  if (is_loose(frame))
    loose_.feed(raw, frame.decoded);
  else
    frame.decoder.feed(raw, frame.decoded);
  take_decoded(level, part, frame.decoded);
}

void PartWalk::take_decoded(size_t level, const Part& part, std::string_view bytes) {
  if (bytes.empty()) return;
  Frame& frame = *frames_[level];
  frame.decoded_bytes += bytes.size();
  if (frame.body == Frame::Body::kMessage) {
    frames_[level + 1]->parser.feed(bytes);
    return drain(level + 1);
  }
  if (reading_.inner_files)
    return files_.feed(bytes, [&](const InnerFileEvent& event) { on_file(part, event); });
  if (frame.may_be_mail) frame.mail.feed(bytes);
  const bool is_text =
      frame.encoding != TransferEncoding::kBase64 || part.type.starts_with("text/");
  files_.look(bytes, is_text ? InnerFiles::As::kText : InnerFiles::As::kBinary);
  WalkEvent out;
  out.kind = WalkEvent::Kind::kDecoded;
  out.part = &part;
  out.bytes = bytes;
  on_event_(out);
}

void PartWalk::end_body(size_t level, const Part& part) {
  Frame& frame = *frames_[level];
  const bool is_leaf = frame.body == Frame::Body::kLeaf && part.kind != Part::Kind::kMultipart;
  if (is_leaf || frame.body == Frame::Body::kMessage) {
    frame.decoded.clear();
    if (is_loose(frame))
      loose_.finish(frame.decoded);
    else
      frame.decoder.finish(frame.decoded);
    take_decoded(level, part, frame.decoded);
  }
  if (frame.body == Frame::Body::kMessage) {
    MimeParser& inner = frames_[level + 1]->parser;
    inner.finish();
    drain(level + 1);
    hints_.merge(inner.hints());
  }
  if (reading_.inner_files) {
    files_.finish([&](const InnerFileEvent& event) { on_file(part, event); });
    return end_file();
  }
  if (is_leaf && !is_loose(frame)) note_oddities(frame);
  if (is_leaf) note_attached_mail(frame, part);
  if (files_.in_text()) frame.defects.add(Defect::kFileInText);
  hints_.inner_files |= files_.in_text() || files_.in_container();
  if (frame.looks_like_base64) hints_.encodings = std::max<uint8_t>(hints_.encodings, 2);
  Defects defects = part.defects;
  defects.merge(frame.defects);
  emit_end(part, is_leaf, object_of(frame, part, part.body_end), defects);
  frame.body = Frame::Body::kNone;
  frame.defects = {};
  files_.reset();
}

// What the decoder passed over, other decoders may not.
void PartWalk::note_oddities(Frame& frame) {
  using codec::QuotedPrintableWay;
  using codec::decode_defect::kBadEscape, codec::decode_defect::kOddLine;
  const unsigned odd = frame.decoder.defects();
  const auto all = static_cast<uint8_t>((1u << codec::LooseDecoder::ways(frame.encoding)) - 1);
  const auto bit = [](auto way) { return static_cast<uint8_t>(1u << (static_cast<int>(way) - 1)); };
  if (frame.encoding == TransferEncoding::kBase64) {
    if ((odd & ~kOddLine) != 0) frame.defects.add(Defect::kOddBase64);
    if ((odd & ~kOddLine) != 0) hints_.ways |= all;
    if ((odd & kOddLine) != 0) hints_.ways |= bit(codec::Base64Way::kLineByLine);
  } else if (frame.encoding == TransferEncoding::kQuotedPrintable) {
    if ((odd & kBadEscape) != 0) hints_.ways |= all;
    if (frame.lower_case) hints_.ways |= bit(QuotedPrintableWay::kUpperCase);
  } else if (frame.encoding == TransferEncoding::kUuencode && frame.decoded_bytes == 0) {
    hints_.ways |= all;
  }
}

// Digits of an escape in lower case (RFC 2045 §6.7 (1) forbids them; most decoders take them).
void PartWalk::look_for_lower_case(Frame& frame, std::string_view raw) {
  for (size_t at = 0; !frame.lower_case && at < raw.size(); ++at) {
    if (frame.escape_left == 0) at = raw.find('=', at);
    if (at == std::string_view::npos) return;
    const char c = raw[at];
    if (c == '=') {
      frame.escape_left = 2;
      continue;
    }
    frame.lower_case = c >= 'a' && c <= 'f';
    const bool digit = is_digit(c) || (c >= 'A' && c <= 'F');
    frame.escape_left = digit ? frame.escape_left - 1 : 0;
  }
}

// "\r--": a delimiter for those to whom a CR ends a line.
void PartWalk::look_for_bare_cr(Frame& frame, std::string_view raw) {
  if (raw.empty() || hints_.bare_cr) return;
  size_t at = 0;
  for (; frame.cr_matched > 0 && at < raw.size(); ++at) {  // begun in the chunk before
    if (raw[at] != '-')
      frame.cr_matched = 0;
    else if (++frame.cr_matched == kBareCrDelimiter.size())
      hints_.bare_cr = true;
    if (frame.cr_matched == 0 || hints_.bare_cr) break;
  }
  raw.remove_prefix(at);
  if (raw.empty()) return;
  if (raw.find(kBareCrDelimiter) != std::string_view::npos) hints_.bare_cr = true;
  frame.cr_matched = raw.ends_with("\r-") ? 2 : raw.ends_with('\r') ? 1 : 0;
}

void PartWalk::emit_end(const Part& part, bool is_leaf, uint64_t object, Defects defects) {
  WalkEvent out;
  out.kind = WalkEvent::Kind::kPartEnd;
  out.part = &part;
  out.is_leaf = is_leaf;
  out.object = object;
  out.defects = defects;
  on_event_(out);
}

// Equal only for the same bytes, decoded in the same way.
uint64_t PartWalk::object_of(const Frame& frame, const Part& part, uint64_t end) {
  return hash_.of(
      {frame.origin, part.body_begin, end, static_cast<uint64_t>(frame.encoding), reading_.way});
}

// Which bytes are a file depends on all of the reading, so its number there names it.
uint64_t PartWalk::object_of_file() {
  return hash_.of({files_of_message_, reading_.inner_files,
                   static_cast<uint64_t>(reading_.structure), reading_.boundary, reading_.encoding,
                   reading_.way, reading_.mails_deep});
}

// Digits alone, no blank among them: a text of that kind is base64 that lost its label.
void PartWalk::look_for_base64(Frame& frame, std::string_view raw) {
  for (const char c : raw.substr(0, kLookedAtMax - frame.looked_at)) {
    if (c == '\r' || c == '\n') continue;
    if (!is_base64_digit(c)) {
      frame.looked_at = kLookedAtMax;
      frame.looks_like_base64 = false;
      return;
    }
    ++frame.looked_at;
  }
  frame.looks_like_base64 = frame.looked_at >= kLooksAfter;
}

void PartWalk::on_file(const Part& part, const InnerFileEvent& event) {
  using Kind = InnerFileEvent::Kind;
  const bool too_many = files_of_message_ >= limits_.parts;  // the last one takes in all others
  switch (event.kind) {
    case Kind::kBegin:
      if (!file_open_) return begin_file(part, event);
      return add_file_name(event.name);
    case Kind::kName:
      return add_file_name(event.name);
    case Kind::kEnd:
      if (!too_many) end_file();
      return;
    case Kind::kBytes:
      break;
  }
  WalkEvent out;
  out.kind = WalkEvent::Kind::kDecoded;
  out.part = &file_;
  out.bytes = event.bytes;
  on_event_(out);
}

void PartWalk::add_file_name(std::string_view name) {
  if (file_.file_name.empty()) {
    file_.file_name = name;
    return;
  }
  std::vector<std::string>& more = file_.further_names;
  if (name.empty() || name == file_.file_name || more.size() >= kFurtherNamesMax) return;
  if (std::find(more.begin(), more.end(), name) == more.end()) more.emplace_back(name);
}

void PartWalk::begin_file(const Part& part, const InnerFileEvent& event) {
  file_open_ = true;
  ++files_of_message_;
  file_.reset();
  file_.path = part.path + "/" + std::to_string(++files_of_part_);
  file_.depth = part.depth + 1;
  file_.type = event.type.empty() ? "application/octet-stream" : event.type;
  file_.charset = event.charset;
  file_.file_name = event.name;
  file_.attachment = event.type.empty();
  WalkEvent out;
  out.part = &file_;
  out.kind = WalkEvent::Kind::kPartBegin;
  on_event_(out);
  out.kind = WalkEvent::Kind::kHeadersEnd;
  out.is_leaf = true;
  out.object = object_of_file();
  on_event_(out);
}

void PartWalk::end_file() {
  if (!file_open_) return;
  file_open_ = false;
  Defects defects;
  if (files_of_message_ >= limits_.parts) defects.add(Defect::kTooManyParts);
  emit_end(file_, true, object_of_file(), defects);
}

}  // namespace sekisho::mail
