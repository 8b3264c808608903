#include <gtest/gtest.h>

#include "mail/mbox_reader.h"

namespace sekisho::mail {
namespace {

TEST(MboxReader, ChunkOffsetsAreTrue) {
  const std::string_view source = "From a\nA: b\n\nx\n\ny\n\nFrom b\n\nz";
  for (size_t size = 1; size <= source.size(); ++size) {
    MboxReader reader;
    const auto drain = [&] {
      while (const auto e = reader.next()) {
        if (e->kind != MboxEvent::Kind::kChunk) continue;
        EXPECT_EQ(source.substr(e->offset, e->bytes.size()), e->bytes) << "in chunks of " << size;
      }
    };
    for (size_t at = 0; at < source.size(); at += size) {
      reader.feed(source.substr(at, size));
      drain();
    }
    reader.finish();
    drain();
  }
}

}  // namespace
}  // namespace sekisho::mail
