#include "codec/quoted_printable.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "codec/byte_scan.h"
#include "codec/decode_defect.h"

namespace sekisho::codec {
namespace {

constexpr std::array<signed char, 256> make_hex_table() {
  std::array<signed char, 256> table{};
  for (auto& entry : table) entry = -1;
  for (int i = 0; i < 10; ++i) table[static_cast<size_t>('0' + i)] = static_cast<signed char>(i);
  for (int i = 0; i < 6; ++i) {
    table[static_cast<size_t>('a' + i)] = static_cast<signed char>(10 + i);
    table[static_cast<size_t>('A' + i)] = static_cast<signed char>(10 + i);
  }
  return table;
}

constexpr auto kHex = make_hex_table();

int hex_value(char c) { return kHex[static_cast<unsigned char>(c)]; }

// First "=", or blank before a line end; a blank that ends `in` is one, since its line may end.
size_t plain_prefix(std::string_view in) {
  size_t at = 0;
  for (; at + Block::kBytes < in.size(); at += Block::kBytes) {
    const Block here(in.data() + at), next(in.data() + at + 1);
    const auto found = first_set(
        here.is('=') | ((here.is(' ') | here.is('\t')) & (next.is('\r') | next.is('\n'))));
    if (found < Block::kBytes) return at + found;
  }
  for (; at < in.size(); ++at) {
    if (in[at] == '=') return at;
    if (is_blank(in[at]) && (at + 1 == in.size() || in[at + 1] == '\r' || in[at + 1] == '\n'))
      return at;
  }
  return at;
}

}  // namespace

void QuotedPrintableDecoder::reset() {
  defects_ = 0;
  held_.clear();
}

void QuotedPrintableDecoder::feed(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (!held_.empty()) {
      held_byte(in.front(), out);
      in.remove_prefix(1);
    } else if (in.size() >= 3 && in[0] == '=' && (hex_value(in[1]) | hex_value(in[2])) >= 0) {
      out += static_cast<char>(hex_value(in[1]) << 4 | hex_value(in[2]));
      in.remove_prefix(3);
    } else if (in.starts_with("=\r\n")) {
      in.remove_prefix(3);
    } else if (in[0] == '=') {
      held_ = '=';
      in.remove_prefix(1);
    } else {
      in.remove_prefix(take_plain(in, out));
    }
  }
}

// Gives out bytes that stand for themselves; what may be blanks at the end of a line goes to held_.
size_t QuotedPrintableDecoder::take_plain(std::string_view in, std::string& out) {
  const size_t found = plain_prefix(in);
  if (found == in.size() || in[found] == '=') {
    out.append(in.substr(0, found));
    return found;
  }
  size_t blanks = found;
  while (blanks > 0 && is_blank(in[blanks - 1])) --blanks;
  // As byte by byte: each time kHeldBytesMax blanks are held and another comes, they are given out.
  const size_t run = found + 1 - blanks;
  const size_t given = (run - 1) / kHeldBytesMax * kHeldBytesMax;
  out.append(in.substr(0, blanks + given));
  held_ = in.substr(blanks + given, run - given);
  return found + 1;
}

void QuotedPrintableDecoder::held_byte(char c, std::string& out) {
  if (is_blank(held_.front())) return on_held_blank(c, out);
  on_held_escape(c, out);
}

void QuotedPrintableDecoder::on_held_blank(char c, std::string& out) {
  if (is_blank(c) && held_.size() < kHeldBytesMax) {
    held_ += c;
    return;
  }
  if (c != '\r' && c != '\n') out += held_;
  held_.clear();
  if (c == '=' || is_blank(c))
    held_ = c;
  else
    out += c;
}

void QuotedPrintableDecoder::on_held_escape(char c, std::string& out) {
  const bool soft = held_.size() == 1 || is_space(held_[1]);  // it may be a soft break
  if (c == '\n' && soft) {
    held_.clear();
  } else if ((is_blank(c) || c == '\r') && soft && held_.size() < kHeldBytesMax) {
    held_ += c;
  } else if (held_.size() == 1 && hex_value(c) >= 0) {
    held_ += c;
  } else if (held_.size() == 2 && !soft && hex_value(c) >= 0) {
    out += static_cast<char>(hex_value(held_[1]) << 4 | hex_value(c));
    held_.clear();
  } else {
    give_up_escape(c, out);
  }
}

void QuotedPrintableDecoder::give_up_escape(char c, std::string& out) {
  defects_ |= decode_defect::kBadEscape;
  const std::string tried = held_ + c;
  held_.clear();
  out += '=';
  feed(std::string_view(tried).substr(1), out);
}

void QuotedPrintableDecoder::finish(std::string& out) {
  // A soft break at the very end has lost its line end to the boundary behind it.
  if (held_.starts_with('=') && !trim(std::string_view(held_).substr(1)).empty()) {
    defects_ |= decode_defect::kTruncated;
    out += held_;
  }
  held_.clear();
}

}  // namespace sekisho::codec
