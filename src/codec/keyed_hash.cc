#include "codec/keyed_hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace sekisho::codec {
namespace {

using Word = std::array<unsigned char, 8>;

KeyedHash::Key random_key() {
  KeyedHash::Key key{};
  SEKISHO_CHECK(RAND_bytes(key.data(), static_cast<int>(key.size())) == 1);
  return key;
}

Word to_bytes(uint64_t value) {
  Word bytes{};
  for (unsigned char& byte : bytes) {
    byte = static_cast<unsigned char>(value);
    value >>= 8;
  }
  return bytes;
}

uint64_t to_number(const Word& bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

}  // namespace

KeyedHash::KeyedHash() : KeyedHash(random_key()) {}

KeyedHash::KeyedHash(const Key& key) : key_(key), context_(nullptr) {
  EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  SEKISHO_CHECK(algorithm != nullptr);
  context_ = EVP_MAC_CTX_new(algorithm);
  EVP_MAC_free(algorithm);  // the context holds it
  SEKISHO_CHECK(context_ != nullptr);
}

KeyedHash::~KeyedHash() { EVP_MAC_CTX_free(context_); }

uint64_t KeyedHash::of(std::initializer_list<uint64_t> values) {
  begin();
  for (const uint64_t value : values) take(value);
  return finish();
}

uint64_t KeyedHash::of(uint64_t value, std::string_view text) {
  begin();
  take(value);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  SEKISHO_CHECK(EVP_MAC_update(context_, bytes, text.size()) == 1);
  return finish();
}

void KeyedHash::begin() {
  size_t bytes = sizeof(Word);
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &bytes),
                                   OSSL_PARAM_construct_end()};
  SEKISHO_CHECK(EVP_MAC_init(context_, key_.data(), key_.size(), parameters) == 1);
}

void KeyedHash::take(uint64_t value) {
  const Word word = to_bytes(value);
  SEKISHO_CHECK(EVP_MAC_update(context_, word.data(), word.size()) == 1);
}

uint64_t KeyedHash::finish() {
  size_t bytes = sizeof(Word);
  Word out{};
  SEKISHO_CHECK(EVP_MAC_final(context_, out.data(), &bytes, out.size()) == 1);
  return to_number(out);
}

}  // namespace sekisho::codec
