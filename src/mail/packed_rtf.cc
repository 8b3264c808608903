#include "mail/packed_rtf.h"

#include <algorithm>

#include "mail/little_endian.h"

namespace sekisho::mail {
namespace {

// MS-OXRTFCP §3.1.2.1: what the dictionary holds from the start.
constexpr std::string_view kKnown =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New "
    "RomanCourier{\\colortbl\\red0\\green0\\blue0"
    "\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kKnown.size() == 207);
constexpr uint32_t kPacked = 0x75465a4c, kPlain = 0x414c454d;

}  // namespace

void PackedRtf::reset() {
  state_ = State::kHeader;
  have_ = 0;
  dictionary_.fill(' ');
  std::copy(kKnown.begin(), kKnown.end(), dictionary_.begin());
  at_ = static_cast<unsigned>(kKnown.size());
}

void PackedRtf::feed(std::string_view in, std::string& out) {
  for (const char c : in) {
    const auto byte = static_cast<unsigned char>(c);
    switch (state_) {
      case State::kHeader:
        header_[have_++] = byte;
        if (have_ == header_.size()) on_header();
        break;
      case State::kPlain:
        out += c;
        break;
      case State::kControl:
        control_ = byte;
        tokens_ = 8;
        state_ = State::kToken;
        break;
      case State::kToken:
        if ((control_ & 1) != 0) {
          reference_ = byte;
          state_ = State::kReferenceEnd;
        } else {
          put(c, out);
          next_token();
        }
        break;
      case State::kReferenceEnd:
        copy(reference_ << 8 | byte, out);
        break;
      case State::kEnded:
        return;
    }
  }
}

// Packed size, plain size, kind, checksum.
void PackedRtf::on_header() {
  const uint32_t kind = little_endian_32(header_.data() + 8);
  state_ = kind == kPacked ? State::kControl : kind == kPlain ? State::kPlain : State::kEnded;
}

void PackedRtf::next_token() {
  control_ >>= 1;
  state_ = --tokens_ == 0 ? State::kControl : State::kToken;
}

void PackedRtf::put(char c, std::string& out) {
  out += c;
  dictionary_[at_] = c;
  at_ = (at_ + 1) % static_cast<unsigned>(dictionary_.size());
}

// Twelve bits say where, four how much; where writing goes on means the end.
void PackedRtf::copy(unsigned reference, std::string& out) {
  const unsigned from = reference >> 4;
  if (from == at_) {
    state_ = State::kEnded;
    return;
  }
  for (unsigned i = 0; i < (reference & 15) + 2; ++i)
    put(dictionary_[(from + i) % dictionary_.size()], out);
  next_token();
}

}  // namespace sekisho::mail
