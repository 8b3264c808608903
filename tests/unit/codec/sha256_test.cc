#include "codec/sha256.h"

#include <gtest/gtest.h>

namespace sekisho::codec {
namespace {

TEST(Sha256, Fips180_4Example) {
  Sha256 digest;
  digest.feed("a");
  digest.feed("bc");
  EXPECT_EQ(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digest.reset();
  EXPECT_EQ(digest.hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace sekisho::codec
