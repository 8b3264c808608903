// codec/keyed_hash.h: SipHash-2-4 under a key that nobody outside this process knows, by OpenSSL.
//
//   KeyedHash hash;
//   uint64_t name = hash.of({part.body_begin, part.body_end});
//
// For tables whose entries a sender could choose: without the key nobody can make two that collide.
// Lists of different lengths never stand for each other.
//
// Memory: one context.  Process: any; the key is drawn by the constructor, before a sandbox.
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.

#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

struct evp_mac_ctx_st;

namespace sekisho::codec {

class KeyedHash {
 public:
  using Key = std::array<unsigned char, 16>;

  KeyedHash();
  explicit KeyedHash(const Key& key);
  ~KeyedHash();
  KeyedHash(const KeyedHash&) = delete;
  KeyedHash& operator=(const KeyedHash&) = delete;

  // Each value as eight bytes, the least significant first.
  uint64_t of(std::initializer_list<uint64_t> values);
  // Of a value and a text.
  uint64_t of(uint64_t value, std::string_view text);

 private:
  void begin();
  void take(uint64_t value);
  uint64_t finish();

  Key key_;
  evp_mac_ctx_st* context_;
};

}  // namespace sekisho::codec
