#include "codec/keyed_hash.h"

#include <gtest/gtest.h>

namespace sekisho::codec {
namespace {

KeyedHash::Key paper_key() {
  KeyedHash::Key key{};
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
  return key;
}

// The authors' vectors for the key 00…0f and the messages "" and 00…07.
TEST(KeyedHash, IsSipHashAsItsAuthorsPublishedIt) {
  KeyedHash hash(paper_key());
  EXPECT_EQ(hash.of({}), 0x726fdb47dd0e0e31u);
  EXPECT_EQ(hash.of({0x0706050403020100u}), 0x93f5f5799a932462u);
}

TEST(KeyedHash, ATextIsItsBytes) {
  KeyedHash hash;
  EXPECT_EQ(hash.of(1, ""), hash.of({1}));
  EXPECT_EQ(hash.of(1, "abcdefgh"), hash.of({1, 0x6867666564636261u}));
  EXPECT_NE(hash.of(1, "a"), hash.of(1, "b"));
}

TEST(KeyedHash, EachProcessHasAKeyOfItsOwnAndKeepsIt) {
  KeyedHash one, other;
  EXPECT_EQ(one.of({1, 2}), one.of({1, 2}));
  EXPECT_NE(one.of({1, 2}), one.of({2, 1}));
  EXPECT_NE(one.of({1}), one.of({1, 0}));
  EXPECT_NE(one.of({1, 2}), other.of({1, 2}));
}

}  // namespace
}  // namespace sekisho::codec
