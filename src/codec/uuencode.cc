#include "codec/uuencode.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/decode_defect.h"

namespace sekisho::codec {
namespace {

constexpr std::string_view kBegin = "begin";
constexpr size_t kModeDigitsMin = 3;

unsigned value_of(char c) { return static_cast<unsigned>((c - 32) & 63); }

// What follows the mode in "begin 644 NAME" and "begin-base64 644 NAME"; empty when the line is
// none. A text that goes on with "begin" has no mode.
std::string_view begin_line_name(std::string_view line) {
  const size_t word_end = line.find_first_of(" \t");
  if (word_end == std::string_view::npos) return {};
  const std::string_view rest = trim(line.substr(word_end));
  const size_t mode_end = rest.find_first_not_of("01234567");
  if (mode_end == std::string_view::npos || mode_end < kModeDigitsMin || !is_blank(rest[mode_end]))
    return {};
  return trim(rest.substr(mode_end));
}

}  // namespace

void UuDecoder::reset() {
  state_ = State::kOutside;
  defects_ = 0;
  base64_defects_ = 0;
  spare_ = 0;
  line_.clear();
  name_.clear();
  base64_.reset();
}

void UuDecoder::feed(std::string_view in, std::string& out) {
  while (!in.empty()) {
    const size_t end = in.find('\n');
    const std::string_view piece = in.substr(0, end);
    const size_t room = kLineBytesMax - line_.size();
    if (piece.size() > room && state_ != State::kOutside) defects_ |= decode_defect::kJunk;
    line_.append(piece.substr(0, room));
    spare_ += piece.size();
    if (end == std::string_view::npos) return;
    in.remove_prefix(end + 1);
    end_line(out);
  }
}

void UuDecoder::finish(std::string& out) {
  if (state_ == State::kBody && std::string_view("end").starts_with(trim(line_))) line_.clear();
  if (!line_.empty()) end_line(out);
  if (name_.empty()) defects_ |= decode_defect::kNoBegin;
  if (state_ != State::kOutside) defects_ |= decode_defect::kTruncated;
  if (state_ == State::kBase64Body) base64_.finish(out);
  state_ = State::kOutside;
}

void UuDecoder::end_line(std::string& out) {
  const size_t before = out.size();
  std::string_view line = line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  on_line(line, out);
  spare_ -= std::min<uint64_t>(spare_, out.size() - before);
  line_.clear();
}

void UuDecoder::on_line(std::string_view line, std::string& out) {
  switch (state_) {
    case State::kOutside:
      return on_outside(line);
    case State::kBody:
      return on_body(line, out);
    case State::kBase64Body:
      return on_base64_body(line, out);
  }
}

void UuDecoder::on_outside(std::string_view line) {
  if (!starts_with_ignore_case(line, kBegin)) return;
  const std::string_view name = begin_line_name(line);
  if (name.empty()) return;
  name_ = name;
  const bool base64 = starts_with_ignore_case(line.substr(kBegin.size()), "-base64");
  state_ = base64 ? State::kBase64Body : State::kBody;
  if (base64) base64_.reset();
}

void UuDecoder::on_body(std::string_view line, std::string& out) {
  if (line.empty()) return;
  if (trim(line) == "end") {
    state_ = State::kOutside;
    return;
  }
  size_t left = value_of(line.front());
  line.remove_prefix(1);
  const size_t zeros_max = spare_ - std::min<uint64_t>(spare_, line.size() / 4 * 3 + 3);
  size_t zeros = 0;
  while (left > 0 && (line.size() >= 2 || zeros + 3 <= zeros_max)) {
    if (line.size() < 2) zeros += 3;
    uint32_t group = 0;
    for (size_t i = 0; i < 4; ++i) group = group << 6 | (i < line.size() ? value_of(line[i]) : 0);
    for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left)
      out += static_cast<char>(group >> shift);
    line.remove_prefix(std::min<size_t>(4, line.size()));
  }
  if (left > 0) defects_ |= decode_defect::kTruncated;
}

void UuDecoder::on_base64_body(std::string_view line, std::string& out) {
  if (line.starts_with("====") || trim(line) == "end") {
    base64_.finish(out);
    base64_defects_ |= base64_.defects();
    state_ = State::kOutside;
    return;
  }
  base64_.feed(line, out);
  base64_defects_ |= base64_.defects();
}

}  // namespace sekisho::codec
