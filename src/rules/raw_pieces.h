// rules/raw_pieces.h: the decoded bytes of a text part as `rawbody` rules see them, in pieces.
//
//   pieces.feed(bytes, [](std::string_view piece) { … });   pieces.finish(…) at the end of a part
// As in SpamAssassin: a part of up to 2048 bytes is one piece; a longer one is
// cut behind the first line end at or after its 2048th byte, else behind such a `>`, else behind
// such a space, so that a tag stays whole.
//
// Memory: kPieceBytesMax.  Lifetime: a piece is valid during the call.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace sekisho::rules {

class RawPieces {
 public:
  static constexpr size_t kPieceBytesMin = 2048;
  static constexpr size_t kPieceBytesMax = 4096;

  RawPieces() { piece_.reserve(kPieceBytesMax); }

  template <typename OnPiece>
  void feed(std::string_view bytes, OnPiece&& on_piece) {
    while (!bytes.empty()) {
      const size_t room = std::min(bytes.size(), kPieceBytesMax - piece_.size());
      piece_.append(bytes.substr(0, room));
      bytes.remove_prefix(room);
      if (piece_.size() == kPieceBytesMax) emit(on_piece);
    }
  }

  template <typename OnPiece>
  void finish(OnPiece&& on_piece) {
    while (!piece_.empty()) emit(on_piece);
  }

  void reset() { piece_.clear(); }

 private:
  template <typename OnPiece>
  void emit(OnPiece&& on_piece) {
    const size_t length = cut();
    on_piece(std::string_view(piece_).substr(0, length));
    piece_.erase(0, length);
  }

  size_t cut() const {
    for (const char behind : {'\n', '>', ' '})
      if (const size_t at = piece_.find(behind, kPieceBytesMin); at != std::string::npos)
        return at + 1;
    return piece_.size();
  }

  std::string piece_;
};

}  // namespace sekisho::rules
