#include "codec/digest.h"

#include <gtest/gtest.h>

namespace sekisho::codec {
namespace {

TEST(Digest, Fips180_4Example) {
  Digest digest;
  digest.feed("a");
  digest.feed("bc");
  EXPECT_EQ(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digest.reset();
  EXPECT_EQ(digest.hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, Md5OfAbc) {
  Digest digest(DigestKind::kMd5);
  digest.feed("abc");
  EXPECT_EQ(digest.hex(), "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace sekisho::codec
