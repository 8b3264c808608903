#include "codec/base64.h"

#include <array>

#include "codec/decode_defect.h"

namespace sekisho::codec {
namespace {

constexpr unsigned char kNotADigit = 0xFF;
constexpr unsigned char kSkip = 0xFE;     // white space
constexpr unsigned char kPadding = 0xFD;  // '='
constexpr uint32_t kNoDigits = 0xFF000000;

constexpr std::array<unsigned char, 256> make_digit_table() {
  std::array<unsigned char, 256> table{};
  for (auto& entry : table) entry = kNotADigit;
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < kDigits.size(); ++i)
    table[static_cast<unsigned char>(kDigits[i])] = static_cast<unsigned char>(i);
  for (const char c : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(c)] = kSkip;
  table['='] = kPadding;
  return table;
}

constexpr auto kDigit = make_digit_table();

// A digit's value, shifted to its place in the group; kNoDigits for what is none.
using Shifted = std::array<uint32_t, 256>;
constexpr Shifted make_shifted(unsigned shift) {
  Shifted table{};
  for (size_t i = 0; i < table.size(); ++i)
    table[i] = kDigit[i] < 64 ? static_cast<uint32_t>(kDigit[i]) << shift : kNoDigits;
  return table;
}

constexpr Shifted kFirst = make_shifted(18), kSecond = make_shifted(12), kThird = make_shifted(6),
                  kFourth = make_shifted(0);

uint32_t group_of(const unsigned char* from) {
  return kFirst[from[0]] | kSecond[from[1]] | kThird[from[2]] | kFourth[from[3]];
}

char* put_group(uint32_t group, char* to) {
  to[0] = static_cast<char>(group >> 16);
  to[1] = static_cast<char>(group >> 8);
  to[2] = static_cast<char>(group);
  return to + 3;
}

}  // namespace

void Base64Decoder::reset() {
  defects_ = 0;
  bits_ = 0;
  digits_ = 0;
  padded_ = false;
}

void Base64Decoder::feed(std::string_view in, std::string& out) {
  const size_t start = out.size();
  out.resize(start + (in.size() + 3) / 4 * 3 + 3);
  char* to = out.data() + start;
  const auto* from = reinterpret_cast<const unsigned char*>(in.data());
  const unsigned char* end = from + in.size();
  while (from < end) {
    if (digits_ == 0) to = whole_groups(from, end, to);
    if (from < end) to = slow_byte(*from++, to);
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

void Base64Decoder::finish(std::string& out) {
  if (digits_ > 0) defects_ |= decode_defect::kTruncated;
  char last[3];
  out.append(last, static_cast<size_t>(flush(last) - last));
}

// Whole groups of clean digits, and the line ends between them: nearly all of nearly every body.
char* Base64Decoder::whole_groups(const unsigned char*& from, const unsigned char* end, char* to) {
  const char* before = to;
  for (;;) {
    while (end - from >= 8) {
      const uint32_t one = group_of(from), two = group_of(from + 4);
      if (((one | two) & kNoDigits) != 0) break;
      to = put_group(two, put_group(one, to));
      from += 8;
    }
    if (end - from >= 4) {
      const uint32_t group = group_of(from);
      if ((group & kNoDigits) == 0) {
        to = put_group(group, to);
        from += 4;
        continue;
      }
    }
    if (end - from >= 2 && from[0] == '\r' && from[1] == '\n') {
      from += 2;
    } else if (from < end && from[0] == '\n') {
      ++from;
    } else {
      break;
    }
  }
  if (to == before) return to;
  if (padded_) defects_ |= decode_defect::kPaddingInside;
  padded_ = false;
  return to;
}

char* Base64Decoder::slow_byte(unsigned char c, char* to) {
  const unsigned char value = kDigit[c];
  if (c == '\n' && digits_ > 0) defects_ |= decode_defect::kOddLine;
  if (value == kSkip) return to;
  if (value == kPadding) return on_padding(to);
  if (value == kNotADigit) {
    defects_ |= decode_defect::kJunk;
    return to;
  }
  if (padded_) {
    padded_ = false;
    defects_ |= decode_defect::kPaddingInside;
  }
  return digit(value, to);
}

char* Base64Decoder::digit(uint32_t value, char* to) {
  bits_ = bits_ << 6 | value;
  if (++digits_ < 4) return to;
  to = put_group(bits_, to);
  bits_ = 0;
  digits_ = 0;
  return to;
}

char* Base64Decoder::on_padding(char* to) {
  padded_ = true;
  return digits_ == 1 ? to : flush(to);
}

// The bytes of an unfinished group: two digits hold one, three hold two.
char* Base64Decoder::flush(char* to) {
  if (digits_ == 2) {
    *to++ = static_cast<char>(bits_ >> 4);
  } else if (digits_ == 3) {
    *to++ = static_cast<char>(bits_ >> 10);
    *to++ = static_cast<char>(bits_ >> 2);
  }
  bits_ = 0;
  digits_ = 0;
  return to;
}

}  // namespace sekisho::codec
