// mail/packed_rtf.h: RTF as Outlook packs it ("LZFu", "MELA"), unpacked while it streams.
//
//   PackedRtf r;  r.feed(chunk, out);
//
// Memory: a dictionary of 4 KB. Seventeen bytes of input make at most 136 of output.
// Process: inspector worker.  Broken input: never fails; the checksum is not looked at.
// Standard: MS-OXRTFCP §2.2, §3.1.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::mail {

class PackedRtf {
 public:
  PackedRtf() { reset(); }
  void reset();
  void feed(std::string_view in, std::string& out);

 private:
  enum class State { kHeader, kPlain, kControl, kToken, kReferenceEnd, kEnded };

  void on_header();
  void next_token();
  void put(char c, std::string& out);
  void copy(unsigned reference, std::string& out);

  State state_ = State::kHeader;
  std::array<unsigned char, 16> header_{};
  unsigned have_ = 0;
  unsigned control_ = 0, tokens_ = 0;
  unsigned reference_ = 0;
  std::array<char, 4096> dictionary_{};
  unsigned at_ = 0;
};

}  // namespace sekisho::mail
