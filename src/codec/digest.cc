#include "codec/digest.h"

#include <openssl/evp.h>

#include <array>

#include "base/bytes.h"
#include "base/check.h"

namespace sekisho::codec {

Digest::Digest(DigestKind kind) : kind_(kind), context_(EVP_MD_CTX_new()) { reset(); }

Digest::~Digest() { EVP_MD_CTX_free(context_); }

void Digest::reset() {
  const EVP_MD* algorithm = kind_ == DigestKind::kSha256 ? EVP_sha256() : EVP_md5();
  SEKISHO_CHECK(EVP_DigestInit_ex(context_, algorithm, nullptr) == 1);
}

void Digest::feed(std::string_view bytes) {
  SEKISHO_CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
}

std::string Digest::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  SEKISHO_CHECK(EVP_DigestFinal_ex(context_, digest.data(), &length) == 1);
  return to_hex({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace sekisho::codec
