// mail/bin_hex.h: the data fork of a BinHex 4.0 file, while it streams (RFC 1741).
//
//   BinHex b;  b.feed(chunk, out);      // between the ":" and the ":"; line ends are passed over
//
// Memory: fixed, 64 bytes of the name.  Process: inspector worker.  Broken input: what doesn't
// decode is passed over. Run lengths make at most 255 bytes of four.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::mail {

class BinHex {
 public:
  void reset() { *this = BinHex(); }
  void feed(std::string_view in, std::string& out);
  bool ended() const { return ended_; }
  bool has_name() const { return at_ > 0 && at_ > name_length_; }
  std::string_view name() const { return name_; }

 private:
  void take_byte(unsigned char byte, std::string& out);
  void take_unpacked(unsigned char byte, std::string& out);

  uint32_t bits_ = 0;
  unsigned bit_count_ = 0;
  bool begun_ = false, ended_ = false;  // the colons
  unsigned char last_ = 0;
  bool run_ = false;  // a run length comes next
  uint64_t at_ = 0;   // in the unpacked file
  unsigned name_length_ = 0;
  uint32_t data_length_ = 0;
  std::string name_;
};

}  // namespace sekisho::mail
