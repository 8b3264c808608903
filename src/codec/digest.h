// codec/digest.h: the digest of a stream, by OpenSSL: SHA-256 (FIPS 180-4), or MD5 (RFC 1321) for
// lists of known files that are kept in it.

#pragma once

#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace sekisho::codec {

enum class DigestKind { kSha256, kMd5 };

class Digest {
 public:
  explicit Digest(DigestKind kind = DigestKind::kSha256);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void reset();
  void feed(std::string_view bytes);
  std::string hex();  // lower-case digits; reset() before the next use

 private:
  DigestKind kind_;
  evp_md_ctx_st* context_;
};

}  // namespace sekisho::codec
