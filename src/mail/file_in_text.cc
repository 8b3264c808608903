#include "mail/file_in_text.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/loose_decoder.h"

namespace sekisho::mail {
namespace {

constexpr std::string_view kBinHexLine = "(This file must be converted with BinHex";

std::string_view without_line_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "begin 644 name": the name, or npos where the line is none.
size_t name_behind_mode(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return std::string_view::npos;
  size_t at = word.size();
  while (at < line.size() && at < word.size() + 5 && is_digit(line[at])) ++at;
  const bool mode = at >= word.size() + 3 && at < line.size() && line[at] == ' ';
  return mode ? at + 1 : std::string_view::npos;
}

bool may_begin(char c) { return c == 'b' || c == '=' || c == '('; }

}  // namespace

void FileInText::reset() {
  form_ = Form::kNone;
  seen_ = open_ = line_goes_on_ = passing_ = escaped_ = false;
  line_.clear();
}

FileInText::Form FileInText::form_of(std::string_view line) const {
  if (name_behind_mode(line, "begin ") != std::string_view::npos) return Form::kUuencode;
  if (name_behind_mode(line, "begin-base64 ") != std::string_view::npos) return Form::kBase64;
  if (line.starts_with("=ybegin ")) return Form::kYenc;
  if (line.starts_with(kBinHexLine)) return Form::kBinHexComing;
  return Form::kNone;
}

// Only the lines that may begin a file are gathered.
void FileInText::look(std::string_view text) {
  while (!text.empty() && !seen_) {
    if (line_.empty() && !passing_) passing_ = !may_begin(text.front());
    const size_t end = text.find('\n');
    if (!passing_) {
      const size_t room = kLineBytesMax - std::min(line_.size(), kLineBytesMax);
      line_.append(text.substr(0, end).substr(0, room));
      if (end != std::string_view::npos || line_.size() > kBinHexLine.size())
        seen_ = form_of(line_) != Form::kNone;
    }
    if (end == std::string_view::npos) return;
    line_.clear();
    passing_ = false;
    text.remove_prefix(end + 1);
  }
}

void FileInText::feed(std::string_view text, const OnEvent& on_event) {
  while (!text.empty()) {
    const size_t room = kLineBytesMax - line_.size();
    const std::string_view head = text.substr(0, room);
    const size_t end = head.find('\n');
    const size_t take = end == std::string_view::npos ? head.size() : end + 1;
    line_.append(head.substr(0, take));
    text.remove_prefix(take);
    if (end == std::string_view::npos && line_.size() < kLineBytesMax) return;
    take_line(on_event);
    line_goes_on_ = !line_.ends_with('\n');
    line_.clear();
  }
}

void FileInText::finish(const OnEvent& on_event) {
  if (!line_.empty()) take_line(on_event);
  line_.clear();
  end_file(on_event);
}

void FileInText::take_line(const OnEvent& on_event) {
  const std::string_view line = without_line_end(line_);
  decoded_.clear();
  const Form begins = line_goes_on_ ? Form::kNone : form_of(line);
  if (begins != Form::kNone) return begin_file(line, begins, on_event);
  switch (form_) {
    case Form::kNone:
      return;
    case Form::kUuencode:
      if (line == "end") return end_file(on_event);
      codec::decode_uuencode_line(line, decoded_);
      break;
    case Form::kBase64:
      if (line.starts_with("====")) return end_file(on_event);
      base64_.feed(line, decoded_);
      break;
    case Form::kYenc:
      if (line.starts_with("=yend") && !line_goes_on_) return end_file(on_event);
      if (line.starts_with("=ypart") && !line_goes_on_) return;
      decode_yenc(line);
      break;
    case Form::kBinHexComing:
      if (!line.starts_with(':')) return;
      form_ = Form::kBinHex;
      [[fallthrough]];
    case Form::kBinHex:
      bin_hex_.feed(line, decoded_);
      break;
  }
  give(on_event);
  if (form_ == Form::kBinHex && bin_hex_.ended()) end_file(on_event);
}

void FileInText::begin_file(std::string_view line, Form form, const OnEvent& on_event) {
  end_file(on_event);
  form_ = form;
  escaped_ = false;
  if (form == Form::kBinHexComing) return bin_hex_.reset();
  base64_.reset(codec::TransferEncoding::kBase64);
  std::string_view name;
  if (form == Form::kYenc) {
    const size_t at = line.find(" name=");
    if (at != std::string_view::npos) name = line.substr(at + 6);
  } else {
    name =
        line.substr(name_behind_mode(line, form == Form::kUuencode ? "begin " : "begin-base64 "));
  }
  open_ = true;
  on_event({Event::Kind::kBegin, trim(name), {}, {}, {}});
}

void FileInText::give(const OnEvent& on_event) {
  if (decoded_.empty()) return;
  if (!open_) on_event({Event::Kind::kBegin, bin_hex_.name(), {}, {}, {}});
  open_ = true;
  on_event({Event::Kind::kBytes, {}, decoded_, {}, {}});
}

void FileInText::end_file(const OnEvent& on_event) {
  form_ = Form::kNone;
  if (!open_) return;
  open_ = false;
  on_event({Event::Kind::kEnd, {}, {}, {}, {}});
}

// Each byte less 42; behind "=" less 64 more. A ".." at a line's begin is the dot of a transport.
void FileInText::decode_yenc(std::string_view line) {
  if (!line_goes_on_ && line.starts_with("..")) line.remove_prefix(1);
  for (const char c : line) {
    if (!escaped_ && c == '=') {
      escaped_ = true;
      continue;
    }
    decoded_ += static_cast<char>(c - 42 - (escaped_ ? 64 : 0));
    escaped_ = false;
  }
}

}  // namespace sekisho::mail
