#include "attachment/pdf_password.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

namespace sekisho::attachment {
namespace {

// ISO 32000-1 §7.6.3.3, algorithm 2 (a): what an empty password is filled up with.
constexpr std::string_view kPadding(
    "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08"
    "\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A",
    32);

std::string digest(const EVP_MD* kind, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind, nullptr) != 1) return {};
  return {reinterpret_cast<const char*>(out.data()), size};
}

// OpenSSL 3 has it in a provider that need not be there.
std::string rc4(std::string_view key, std::string_view in) {
  if (key.empty()) return {};
  std::array<unsigned char, 256> state;
  std::iota(state.begin(), state.end(), static_cast<unsigned char>(0));
  unsigned j = 0;
  for (unsigned i = 0; i < 256; ++i) {
    j = (j + state[i] + static_cast<unsigned char>(key[i % key.size()])) & 0xFF;
    std::swap(state[i], state[j]);
  }
  std::string out(in);
  unsigned i = j = 0;
  for (char& c : out) {
    i = (i + 1) & 0xFF;
    j = (j + state[i]) & 0xFF;
    std::swap(state[i], state[j]);
    c = static_cast<char>(c ^ state[(state[i] + state[j]) & 0xFF]);
  }
  return out;
}

std::string aes_128_cbc(std::string_view key, std::string_view iv, std::string_view in) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string out(in.size(), '\0');
  int size = 0;
  const auto bytes = [](std::string_view v) {
    return reinterpret_cast<const unsigned char*>(v.data());
  };
  const bool done =
      EVP_EncryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, bytes(key), bytes(iv)) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
      EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                        bytes(in), static_cast<int>(in.size())) == 1;
  return done ? out : std::string();
}

// ISO 32000-1 §7.6.3.3, algorithm 2.
std::string make_key(const PdfDictionary& d, int64_t revision, std::string_view id) {
  std::string in = std::string(kPadding) + d.text("O").substr(0, 32);
  const auto permissions = static_cast<uint32_t>(d.number("P").value_or(0));
  for (unsigned shift = 0; shift < 32; shift += 8)
    in += static_cast<char>(permissions >> shift & 0xFF);
  in += id;
  if (revision >= 4 && d.text("EncryptMetadata") == "false") in += "\xFF\xFF\xFF\xFF";
  const int64_t bits = revision == 2        ? 40
                       : d.number("V") == 4 ? 128
                                            : d.number("Length").value_or(40);
  const auto bytes = static_cast<size_t>(std::clamp<int64_t>(bits / 8, 5, 16));
  std::string key = digest(EVP_md5(), in).substr(0, bytes);
  for (int i = 0; revision >= 3 && i < 50; ++i) key = digest(EVP_md5(), key).substr(0, bytes);
  return key;
}

// ISO 32000-1 §7.6.3.4, algorithms 4 and 5: /U for the empty password.
bool opens_rc4(const PdfDictionary& d, int64_t revision, std::string_view id) {
  const std::string key = make_key(d, revision, id);
  const std::string wanted = d.text("U");
  if (revision == 2) return wanted == rc4(key, kPadding);
  std::string user = rc4(key, digest(EVP_md5(), std::string(kPadding) + std::string(id)));
  for (char i = 1; i < 20; ++i) {
    std::string other = key;
    for (char& c : other) c = static_cast<char>(c ^ i);
    user = rc4(other, user);
  }
  return wanted.size() >= 16 && wanted.substr(0, 16) == user;
}

// ISO 32000-2 §7.6.4.3.4, algorithm 2.B, for an empty password.
std::string hardened_hash(std::string_view salt) {
  std::string key = digest(EVP_sha256(), salt);
  for (int round = 0;; ++round) {
    std::string repeated;
    for (int i = 0; i < 64; ++i) repeated += key;
    const std::string out = aes_128_cbc(std::string_view(key).substr(0, 16),
                                        std::string_view(key).substr(16, 16), repeated);
    if (out.empty()) return {};
    unsigned sum = 0;
    for (size_t i = 0; i < 16; ++i) sum += static_cast<unsigned char>(out[i]);
    key = digest(sum % 3 == 0 ? EVP_sha256() : sum % 3 == 1 ? EVP_sha384() : EVP_sha512(), out);
    if (round >= 63 && static_cast<unsigned char>(out.back()) <= round - 31) break;
  }
  return key.substr(0, 32);
}

// /U: 32 bytes of hash, 8 of salt for checking, 8 for the key.
bool opens_aes_256(const PdfDictionary& d, int64_t revision) {
  const std::string user = d.text("U");
  if (user.size() < 48) return false;
  const std::string_view salt = std::string_view(user).substr(32, 8);
  const std::string hash = revision == 5 ? digest(EVP_sha256(), salt) : hardened_hash(salt);
  return hash.size() == 32 && user.substr(0, 32) == hash;
}

}  // namespace

bool opens_without_password(const PdfDictionary& d, std::string_view id) {
  if (d.text("Filter") != "Standard") return false;
  const int64_t revision = d.number("R").value_or(0);
  if (revision >= 2 && revision <= 4) return opens_rc4(d, revision, id);
  if (revision == 5 || revision == 6) return opens_aes_256(d, revision);
  return false;
}

// Each of 2.B's three digests comes up within its 64 rounds or more; MD5 is the older revisions'.
void warm_up_pdf_passwords() {
  digest(EVP_md5(), {});
  hardened_hash("01234567");
}

}  // namespace sekisho::attachment
