#include "codec/transfer_decoder.h"

#include <array>
#include <cstring>

#include "base/bytes.h"

namespace sekisho::codec {
namespace {

constexpr unsigned char kNotADigit = 0xFF;
constexpr unsigned char kSkip = 0xFE;     // white space
constexpr unsigned char kPadding = 0xFD;  // '='

constexpr std::array<unsigned char, 256> make_base64_table() {
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

constexpr auto kBase64 = make_base64_table();

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr std::array<bool, 256> make_quoted_table() {
  std::array<bool, 256> table{};
  for (const char c : {'=', ' ', '\t'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr auto kQuotedSpecial = make_quoted_table();

// How many bytes stand for themselves: all before an escape, or before a blank that may end its
// line.
size_t plain_prefix(std::string_view in) {
  for (size_t i = 0; i < in.size(); ++i) {
    if (!kQuotedSpecial[static_cast<unsigned char>(in[i])]) continue;
    const bool inside = in[i] != '=' && i + 1 < in.size() && !is_space(in[i + 1]);
    if (!inside) return i;
  }
  return in.size();
}

// Leaves the letters and digits of the first word: comments, quotes, "x-" and what follows go.
std::string first_word(std::string_view value) {
  std::string word;
  int comment = 0;
  for (const char c : value) {
    if (c == '(') ++comment;
    if (comment > 0) {
      if (c == ')') --comment;
      continue;
    }
    if (is_alpha(c) || is_digit(c)) {
      word += ascii_lower(c);
    } else if (c == ',' || c == ';' || (is_space(c) && word == "7bit")) {
      if (!word.empty()) break;
    }
    if (word.size() > 40) break;
  }
  if (word.starts_with("x") && word != "xxx") {
    const std::string rest = word.substr(1);
    if (rest == "base64" || rest.starts_with("uu")) return rest;
  }
  return word;
}

}  // namespace

TransferEncoding parse_transfer_encoding(std::string_view field_value) {
  const std::string word = first_word(field_value);
  if (word.empty() || word == "7bit" || word == "8bit" || word == "binary")
    return TransferEncoding::kIdentity;
  if (word.starts_with("base64")) return TransferEncoding::kBase64;
  if (word.starts_with("quotedprintable")) return TransferEncoding::kQuotedPrintable;
  if (word == "uuencode" || word == "uue" || word == "uu") return TransferEncoding::kUuencode;
  return TransferEncoding::kUnknown;
}

void TransferDecoder::reset(TransferEncoding encoding) {
  encoding_ = encoding;
  defects_ = 0;
  bits_ = 0;
  digits_ = 0;
  padded_ = false;
  held_.clear();
  uu_body_ = false;
}

void TransferDecoder::feed(std::string_view in, std::string& out) {
  switch (encoding_) {
    case TransferEncoding::kBase64:
      return feed_base64(in, out);
    case TransferEncoding::kQuotedPrintable:
      return feed_quoted_printable(in, out);
    case TransferEncoding::kUuencode:
      return feed_uuencode(in, out);
    case TransferEncoding::kIdentity:
    case TransferEncoding::kUnknown:
      out.append(in);
      return;
  }
}

void TransferDecoder::finish(std::string& out) {
  if (encoding_ == TransferEncoding::kBase64) {
    if (digits_ > 0 && !padded_) defects_ |= decode_defect::kTruncated;
    flush_base64(out);
  } else if (encoding_ == TransferEncoding::kUuencode) {
    if (!held_.empty()) uuencode_line(out);
    if (uu_body_) defects_ |= decode_defect::kTruncated;
  } else if (!held_.empty()) {
    // RFC 2045 §6.7 (3): blanks at the end of a line are no data; an escape cut off is kept as it
    // stands.
    // A soft break at the very end has lost its line end to the boundary behind it.
    if (held_.front() == '=' && !trim(std::string_view(held_).substr(1)).empty()) {
      defects_ |= decode_defect::kTruncated;
      out += held_;
    }
  }
  held_.clear();
}

void TransferDecoder::feed_base64(std::string_view in, std::string& out) {
  const size_t start = out.size();
  out.resize(start + in.size() / 4 * 3 + 3);
  char* to = out.data() + start;
  const auto* from = reinterpret_cast<const unsigned char*>(in.data());
  const unsigned char* end = from + in.size();
  std::string slow;
  while (from < end) {
    // Whole groups of clean digits: nearly all of nearly every body.
    while (digits_ == 0 && end - from >= 4) {
      const uint32_t a = kBase64[from[0]], b = kBase64[from[1]], c = kBase64[from[2]],
                     d = kBase64[from[3]];
      if ((a | b | c | d) >= 64) break;
      const uint32_t group = a << 18 | b << 12 | c << 6 | d;
      *to++ = static_cast<char>(group >> 16);
      *to++ = static_cast<char>(group >> 8);
      *to++ = static_cast<char>(group);
      from += 4;
      if (padded_) {
        padded_ = false;
        defects_ |= decode_defect::kPaddingInside;
      }
    }
    if (from == end) break;
    slow.clear();
    base64_byte(*from++, slow);
    std::memcpy(to, slow.data(), slow.size());
    to += slow.size();
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

void TransferDecoder::base64_byte(unsigned char c, std::string& out) {
  const unsigned char value = kBase64[c];
  if (value == kSkip) return;
  if (value == kPadding) {
    flush_base64(out);
    padded_ = true;
    return;
  }
  if (value == kNotADigit) {
    defects_ |= decode_defect::kJunk;
    return;
  }
  if (padded_) {
    padded_ = false;
    defects_ |= decode_defect::kPaddingInside;
  }
  bits_ = bits_ << 6 | value;
  if (++digits_ < 4) return;
  out += static_cast<char>(bits_ >> 16);
  out += static_cast<char>(bits_ >> 8);
  out += static_cast<char>(bits_);
  bits_ = 0;
  digits_ = 0;
}

// The bytes of an unfinished group: two digits hold one, three hold two.
void TransferDecoder::flush_base64(std::string& out) {
  if (digits_ == 2) {
    out += static_cast<char>(bits_ >> 4);
  } else if (digits_ == 3) {
    out += static_cast<char>(bits_ >> 10);
    out += static_cast<char>(bits_ >> 2);
  } else if (digits_ == 1) {
    defects_ |= decode_defect::kTruncated;
  }
  bits_ = 0;
  digits_ = 0;
}

void TransferDecoder::feed_quoted_printable(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (held_.empty()) {
      const size_t plain = plain_prefix(in);
      out.append(in.substr(0, plain));
      in.remove_prefix(plain);
      if (in.empty()) return;
    }
    quoted_printable_byte(in.front(), out);
    in.remove_prefix(1);
  }
}

// held_ is a run of blanks (data unless the line ends here), or "=" and what came of an escape.
void TransferDecoder::quoted_printable_byte(char c, std::string& out) {
  if (held_.empty()) {
    if (c == '=' || is_blank(c))
      held_ += c;
    else
      out += c;
    return;
  }
  if (is_blank(held_.front())) {
    if (is_blank(c) && held_.size() < kHeldBytesMax) {
      held_ += c;
      return;
    }
    if (c != '\r' && c != '\n') out += held_;
    held_.clear();
    return quoted_printable_byte(c, out);
  }
  const bool blanks = held_.size() > 1 && (is_blank(held_[1]) || held_[1] == '\r');
  if (c == '\n' && (held_.size() == 1 || blanks)) {
    held_.clear();  // soft break, also with blanks before its line end
    return;
  }
  if ((is_blank(c) || c == '\r') && (held_.size() == 1 || blanks) && held_.size() < kHeldBytesMax) {
    held_ += c;
    return;
  }
  if (!blanks && held_.size() == 1 && hex_value(c) >= 0) {
    held_ += c;
    return;
  }
  if (!blanks && held_.size() == 2 && hex_value(c) >= 0) {
    out += static_cast<char>(hex_value(held_[1]) << 4 | hex_value(c));
    held_.clear();
    return;
  }
  defects_ |= decode_defect::kBadEscape;
  out += held_;
  held_.clear();
  quoted_printable_byte(c, out);
}

void TransferDecoder::feed_uuencode(std::string_view in, std::string& out) {
  while (!in.empty()) {
    const size_t end = in.find('\n');
    const std::string_view line = in.substr(0, end);
    if (held_.size() + line.size() <= kHeldBytesMax)
      held_.append(line);
    else
      defects_ |= decode_defect::kJunk;
    if (end == std::string_view::npos) return;
    in.remove_prefix(end + 1);
    uuencode_line(out);
    held_.clear();
  }
}

void TransferDecoder::uuencode_line(std::string& out) {
  std::string_view line = held_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!uu_body_) {
    uu_body_ = line.starts_with("begin ") || line.starts_with("begin-base64 ");
    return;
  }
  if (line == "end") {
    uu_body_ = false;
    return;
  }
  if (line.empty()) return;
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
  if (left > 0) defects_ |= decode_defect::kTruncated;
}

}  // namespace sekisho::codec
