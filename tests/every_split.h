// tests/every_split.h: a streaming class must give the same events however its input is cut.
//
//   expect_same_for_every_split(bytes, [](const std::vector<std::string_view>& chunks) { … return
//   text; });
// `run` plays the chunks and returns a text of all events; chunk sizes 1..n are tried, and every
// split of the input in two.

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

template <typename Run>
void expect_same_for_every_split(std::string_view bytes, Run run) {
  using Chunks = std::vector<std::string_view>;
  const std::string whole = run(Chunks{bytes});
  for (size_t size = 1; size < bytes.size() && size <= 64; ++size) {
    Chunks chunks;
    for (size_t at = 0; at < bytes.size(); at += size) chunks.push_back(bytes.substr(at, size));
    ASSERT_EQ(run(chunks), whole) << "in chunks of " << size;
  }
  for (size_t cut = 1; cut < bytes.size(); ++cut)
    ASSERT_EQ(run(Chunks{bytes.substr(0, cut), bytes.substr(cut)}), whole) << "cut at " << cut;
}

}  // namespace sekisho
