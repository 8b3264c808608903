#include "codec/loose_base64.h"

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

int digit_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

void LooseBase64::reset(Way way) {
  way_ = way;
  bits_ = 0;
  digits_ = 0;
  padding_ = 0;
  stopped_ = false;
}

void LooseBase64::feed(std::string_view in, std::string& out) {
  for (const char c : in) {
    if (c == '\n') {
      if (way_ == Way::kJunkEndsLine) stopped_ = false;
      if (way_ == Way::kLineByLine) bits_ = digits_ = padding_ = 0;
    }
    if (stopped_ || is_space(c)) continue;
    const int value = digit_value(c);
    if (value >= 0)
      take_digit(static_cast<unsigned>(value), false, out);
    else if (c == '=')
      take_padding(out);
    else if (way_ == Way::kJunkEndsLine)
      stopped_ = true;
  }
}

void LooseBase64::take_padding(std::string& out) {
  switch (way_) {
    case Way::kIgnorePadding:
      return;
    case Way::kPaddingIsZero:
      return take_digit(0, true, out);
    case Way::kStopAtPadding:
      stopped_ = digits_ > 0;
      return flush(out);
    case Way::kLineByLine:
    case Way::kJunkEndsLine:
      return flush(out);
  }
}

void LooseBase64::take_digit(unsigned value, bool padding, std::string& out) {
  bits_ = bits_ << 6 | value;
  padding_ += padding ? 1u : 0u;
  if (++digits_ < 4) return;
  for (unsigned i = 0; i < 3 && i + padding_ < 3; ++i)
    out += static_cast<char>(bits_ >> (16 - 8 * i));
  bits_ = digits_ = padding_ = 0;
}

void LooseBase64::flush(std::string& out) {
  const unsigned digits = digits_ - padding_;
  if (digits >= 2) out += static_cast<char>(bits_ >> (6 * digits_ - 8));
  if (digits >= 3) out += static_cast<char>(bits_ >> (6 * digits_ - 16));
  bits_ = digits_ = padding_ = 0;
}

void LooseBase64::finish(std::string& out) { flush(out); }

}  // namespace sekisho::codec
