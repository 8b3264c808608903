#include "codec/loose_decoder.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

int digit_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

bool is_base64_line(std::string_view line) {
  return std::all_of(line.begin(), line.end(),
                     [](char c) { return digit_value(c) >= 0 || c == '='; });
}

}  // namespace

uint8_t LooseDecoder::ways(TransferEncoding encoding) {
  switch (encoding) {
    case TransferEncoding::kBase64:
      return static_cast<uint8_t>(Base64Way::kCount) - 1;
    case TransferEncoding::kQuotedPrintable:
      return static_cast<uint8_t>(QuotedPrintableWay::kCount) - 1;
    case TransferEncoding::kUuencode:
      return 1;
    default:
      return 0;
  }
}

void LooseDecoder::reset(TransferEncoding encoding, uint8_t way) {
  encoding_ = encoding;
  base64_ = static_cast<Base64Way>(way);
  quoted_ = static_cast<QuotedPrintableWay>(way);
  bits_ = 0;
  digits_ = 0;
  places_ = 0;
  begun_ = false;
  stopped_ = false;
  held_.clear();
}

void LooseDecoder::feed(std::string_view in, std::string& out) {
  const bool by_line =
      encoding_ == TransferEncoding::kUuencode ||
      (encoding_ == TransferEncoding::kBase64 && base64_ == Base64Way::kCleanLines);
  for (const char c : in) {
    if (by_line) {
      if (held_.size() < kLineBytesMax) held_ += c;
      if (c == '\n') take_line(out);
    } else if (encoding_ == TransferEncoding::kBase64) {
      base64_byte(c, out);
    } else {
      quoted_printable_byte(c, out);
    }
  }
}

void LooseDecoder::finish(std::string& out) {
  if (encoding_ == TransferEncoding::kQuotedPrintable) {
    if (!held_.empty()) broken_escape(out);
    return;
  }
  if (!held_.empty()) take_line(out);
  if (base64_ != Base64Way::kLineByLine) flush(out);
}

void LooseDecoder::take_line(std::string& out) {
  const std::string_view line = trim(held_);
  if (encoding_ == TransferEncoding::kUuencode) {
    if (!line.starts_with("begin ") && line != "end") decode_uuencode_line(line, out);
  } else if (is_base64_line(line)) {
    for (const char c : line) base64_byte(c, out);
  }
  held_.clear();
}

void LooseDecoder::base64_byte(char c, std::string& out) {
  if (c == '\n') {
    if (base64_ == Base64Way::kJunkEndsLine) stopped_ = false;
    if (base64_ == Base64Way::kLineByLine) bits_ = digits_ = places_ = 0;
  }
  if (stopped_ || is_space(c)) return;
  const int value = digit_value(c);
  if (value >= 0)
    take_digit(static_cast<unsigned>(value), out);
  else if (c == '=')
    take_padding(out);
  else if (base64_ == Base64Way::kJunkEndsLine)
    stopped_ = true;
}

void LooseDecoder::take_padding(std::string& out) {
  switch (base64_) {
    case Base64Way::kIgnorePadding:
      return;
    case Base64Way::kPaddingInGroup:
      if (++places_ == 4) flush(out);
      return;
    case Base64Way::kStopAtPadding:
      stopped_ = begun_;
      return flush(out);
    default:
      return flush(out);
  }
}

void LooseDecoder::take_digit(unsigned value, std::string& out) {
  begun_ = true;
  bits_ = bits_ << 6 | value;
  ++digits_;
  if (++places_ == 4) flush(out);
}

void LooseDecoder::flush(std::string& out) {
  for (unsigned bits = 6 * digits_; bits >= 8; bits -= 8)
    out += static_cast<char>(bits_ >> (bits - 8));
  bits_ = digits_ = places_ = 0;
}

// held_ is "=" and what came of an escape.
void LooseDecoder::quoted_printable_byte(char c, std::string& out) {
  if (held_.empty()) {
    if (c == '=')
      held_ = "=";
    else
      out += c;
    return;
  }
  if (c == '\n' && ends_soft_break()) return held_.clear();
  if (c == '=') {
    broken_escape(out);
    held_ = "=";
    return;
  }
  held_ += c;
  if (held_.size() < 3) return;
  const bool refused =
      quoted_ == QuotedPrintableWay::kUpperCase && (is_lower(held_[1]) || is_lower(held_[2]));
  if (hex_value(held_[1]) >= 0 && hex_value(held_[2]) >= 0 && !refused) {
    out += static_cast<char>(hex_value(held_[1]) << 4 | hex_value(held_[2]));
    return held_.clear();
  }
  const bool blank = trim(std::string_view(held_).substr(1)).empty();
  if (blank && held_.size() < 64 && quoted_ == QuotedPrintableWay::kDropEquals) return;
  broken_escape(out);
}

// Blanks may stand behind the "="; in kDropDigit a digit too.
bool LooseDecoder::ends_soft_break() const {
  const std::string_view rest = trim(std::string_view(held_).substr(1));
  return rest.empty() || (quoted_ == QuotedPrintableWay::kDropDigit && rest.size() == 1 &&
                          hex_value(rest.front()) >= 0);
}

void LooseDecoder::broken_escape(std::string& out) {
  std::string_view rest = std::string_view(held_).substr(1);
  switch (quoted_) {
    case QuotedPrintableWay::kDropEscape:
    case QuotedPrintableWay::kUpperCase:
      rest.remove_prefix(std::min<size_t>(2, rest.size()));
      break;
    case QuotedPrintableWay::kDropDigit:
      if (!rest.empty() && hex_value(rest.front()) >= 0) rest.remove_prefix(1);
      break;
    default:
      break;
  }
  out += rest;
  held_.clear();
}

bool decode_uuencode_line(std::string_view line, std::string& out) {
  if (line.empty()) return true;
  const auto value = [](char c) { return static_cast<unsigned>((c - 32) & 63); };
  size_t left = value(line.front());
  line.remove_prefix(1);
  while (left > 0 && line.size() >= 2) {
    uint32_t group = 0;
    for (size_t i = 0; i < 4; ++i) group = group << 6 | (i < line.size() ? value(line[i]) : 0);
    for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left)
      out += static_cast<char>(group >> shift);
    line.remove_prefix(std::min<size_t>(4, line.size()));
  }
  return left == 0;
}

}  // namespace sekisho::codec
