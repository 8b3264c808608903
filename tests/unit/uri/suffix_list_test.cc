// The published cases of the list, from the shared corpus; skipped where that is missing.

#include "uri/suffix_list.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "base/bytes.h"
#include "uri/uri.h"

namespace sekisho::uri {
namespace {

TEST(SuffixList, RegisteredDomain) {
  const auto list = SuffixList::system();
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->registered_domain("a.b.example.co.jp"), "example.co.jp");
  EXPECT_EQ(list->registered_domain("co.jp"), "");
  EXPECT_EQ(list->registered_domain("a.city.kobe.jp"), "city.kobe.jp");
  EXPECT_TRUE(list->knows("example.jp"));
  EXPECT_FALSE(list->knows("example.nosuchtld"));
}

std::filesystem::path published() {
  return std::filesystem::path(BINARY_DIR) / "corpus-psl" / "psl" / "files";
}

void unpack_corpus() {
  const auto archive =
      std::filesystem::path(SOURCE_DIR) / ".." / "shared" / "corpus" / "mail.tar.zst";
  if (std::filesystem::exists(published()) || !std::filesystem::exists(archive)) return;
  const std::string to = (std::filesystem::path(BINARY_DIR) / "corpus-psl").string();
  std::filesystem::create_directories(to);
  const std::string command = "tar -xf '" + archive.string() + "' -C '" + to + "' ./psl";
  ASSERT_EQ(std::system(command.c_str()), 0);
}

TEST(SuffixList, PublishedCases) {
  unpack_corpus();
  if (!std::filesystem::exists(published())) GTEST_SKIP() << "no shared corpus";
  const auto list = SuffixList::load((published() / "public_suffix_list.dat").string());
  ASSERT_TRUE(list.has_value());
  std::ifstream cases(published() / "tests" / "test_psl.txt");
  const std::regex pattern(R"(^checkPublicSuffix\('([^']+)', (null|'([^']+)')\);)");
  size_t count = 0;
  for (std::string line; std::getline(cases, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, pattern)) continue;
    ++count;
    const std::string host = match[1].str();
    const std::string lower = host.starts_with('.') ? host : unicode_host(ascii_host(host));
    const std::string expected = unicode_host(to_lower(match[3].str()));
    EXPECT_EQ(list->registered_domain(lower), expected) << line;
  }
  EXPECT_GE(count, 70u);
}

}  // namespace
}  // namespace sekisho::uri
