// codec/sha256.h: SHA-256 of a stream (FIPS 180-4, by OpenSSL).

#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace sekisho::codec {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void reset();
  void feed(std::string_view bytes);
  std::string hex();  // 64 lower-case digits; reset() before the next use

 private:
  evp_md_ctx_st* context_;
};

}  // namespace sekisho::codec
