#include "codec/yenc.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/byte_scan.h"
#include "codec/decode_defect.h"

namespace sekisho::codec {
namespace {

constexpr unsigned kShift = 42;
constexpr unsigned kEscapeShift = 64;
constexpr std::string_view kName = " name=";  // always last: the name may hold blanks

}  // namespace

void YencDecoder::reset() {
  state_ = State::kLineStart;
  inside_ = false;
  defects_ = 0;
  keyword_.clear();
  name_.clear();
}

void YencDecoder::feed(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (state_ == State::kInLine) {
      in.remove_prefix(take_run(in, out));
      if (in.empty()) return;
    }
    const char c = in.front();
    in.remove_prefix(1);
    if (state_ == State::kKeyword) {
      if (c == '\n')
        end_keyword();
      else if (keyword_.size() < kKeywordBytesMax)
        keyword_ += c;
    } else if (state_ == State::kEscape) {
      state_ = State::kInLine;
      give(static_cast<unsigned char>(static_cast<unsigned char>(c) - kEscapeShift), out);
    } else {
      start_of_line(c, out);
    }
  }
}

// Also inside a line, where take_run() stopped at a byte that is no plain data.
void YencDecoder::start_of_line(char c, std::string& out) {
  const bool escaped = state_ == State::kLineStartEscape;
  if (escaped && c == 'y') {
    state_ = State::kKeyword;
    keyword_.clear();
  } else if (escaped) {
    state_ = State::kInLine;
    give(static_cast<unsigned char>(static_cast<unsigned char>(c) - kEscapeShift), out);
  } else if (c == '=') {
    state_ = state_ == State::kLineStart ? State::kLineStartEscape : State::kEscape;
  } else if (c == '\n') {
    state_ = State::kLineStart;
  } else if (c != '\r') {
    state_ = State::kInLine;
    give(static_cast<unsigned char>(c), out);
  }
}

void YencDecoder::give(unsigned char byte, std::string& out) {
  if (inside_) out += static_cast<char>(byte - kShift);
}

// Data up to the next escape or line end.
size_t YencDecoder::take_run(std::string_view in, std::string& out) {
  const size_t run = find_block_byte(
      in, [](const Block& block) { return block.is('=') | block.is('\n') | block.is('\r'); });
  if (!inside_) return run;
  const size_t start = out.size();
  out.append(in.substr(0, run));
  for (size_t at = start; at < out.size(); ++at)
    out[at] = static_cast<char>(static_cast<unsigned char>(out[at]) - kShift);
  return run;
}

void YencDecoder::end_keyword() {
  state_ = State::kLineStart;
  std::string_view line = trim(keyword_);
  if (line.starts_with("begin ")) {
    if (inside_) defects_ |= decode_defect::kTruncated;
    inside_ = true;
    const size_t name = line.find(kName);
    name_ = name == std::string_view::npos ? "" : trim(line.substr(name + kName.size()));
  } else if (line.starts_with("end")) {
    inside_ = false;
  } else if (!line.starts_with("part")) {
    defects_ |= decode_defect::kJunk;
  }
}

void YencDecoder::finish(std::string&) {
  if (state_ == State::kKeyword) end_keyword();
  if (inside_) defects_ |= decode_defect::kTruncated;
  inside_ = false;
  state_ = State::kLineStart;
}

}  // namespace sekisho::codec
