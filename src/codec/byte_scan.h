// codec/byte_scan.h: find the next interesting byte, sixteen at a time.
//
//   find_block_byte(text, [](const auto& block) { return block.is('<') | block.is('&'); })
//
// `wanted` is called with a Block and gives a mask; the answer is the first position in `in` whose
// mask byte is set, in.size() when there is none. Portable: the vector extension of GCC and Clang.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sekisho::codec {

struct Block {
  static constexpr size_t kBytes = 16;
  typedef unsigned char Bytes __attribute__((vector_size(kBytes)));
  typedef signed char Mask __attribute__((vector_size(kBytes)));

  explicit Block(const char* from) { std::memcpy(&bytes, from, kBytes); }

  static Bytes splat(unsigned char c) { return Bytes{} + c; }
  Mask is(char c) const { return (Mask)(bytes == splat(static_cast<unsigned char>(c))); }
  Mask below(unsigned char limit) const { return (Mask)(bytes < splat(limit)); }
  // Of ASCII: what no text shows, neither by a shape nor by a space.
  Mask control() const {
    const Mask white_space = (Mask)(bytes - splat('\t') < splat(5));
    return (below(' ') & ~white_space) | is('\x7F');
  }
  Mask not_ascii() const { return (Mask)(bytes > splat(0x7F)); }

  Bytes bytes;
};

// Position of the first set byte of a mask; Block::kBytes when there is none.
inline size_t first_set(Block::Mask mask) {
  uint64_t halves[2];
  std::memcpy(halves, &mask, sizeof halves);
  if (halves[0] != 0) return static_cast<size_t>(__builtin_ctzll(halves[0])) / 8;
  if (halves[1] != 0) return 8 + static_cast<size_t>(__builtin_ctzll(halves[1])) / 8;
  return Block::kBytes;
}

template <typename Wanted>
size_t find_block_byte(std::string_view in, Wanted wanted) {
  size_t at = 0;
  for (; at + Block::kBytes <= in.size(); at += Block::kBytes) {
    const size_t found = first_set(wanted(Block(in.data() + at)));
    if (found < Block::kBytes) return at + found;
  }
  if (at == in.size()) return at;
  char rest[Block::kBytes] = {};
  std::memcpy(rest, in.data() + at, in.size() - at);
  const size_t found = at + first_set(wanted(Block(rest)));
  return found < in.size() ? found : in.size();
}

// Length of the ASCII that begins `in`.
inline size_t ascii_prefix(std::string_view in) {
  return find_block_byte(in, [](const Block& block) { return block.not_ascii(); });
}

// And without controls.
inline size_t shown_ascii_prefix(std::string_view in) {
  return find_block_byte(in,
                         [](const Block& block) { return block.not_ascii() | block.control(); });
}

}  // namespace sekisho::codec
