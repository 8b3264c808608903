#include "codec/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/bytes.h"
#include "base/check.h"

namespace sekisho::codec {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) { reset(); }

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::reset() { SEKISHO_CHECK(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1); }

void Sha256::feed(std::string_view bytes) {
  SEKISHO_CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  SEKISHO_CHECK(EVP_DigestFinal_ex(context_, digest.data(), &length) == 1);
  return to_hex({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace sekisho::codec
