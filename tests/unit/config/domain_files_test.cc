// The main file with a folder of domain files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config_text.h"

namespace sekisho::config {
namespace {

using testing::ElementsAre;

class DomainFiles : public testing::Test {
 protected:
  DomainFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "config_test.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  ~DomainFiles() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  LoadedConfig load() const { return load_config(folder_ / "sekisho.toml"); }
  // The errors with names relative to the folder.
  std::vector<std::string> errors() const {
    std::vector<std::string> texts = error_texts(load());
    for (std::string& text : texts)
      for (size_t at; (at = text.find(folder_.string() + "/")) != std::string::npos;)
        text.erase(at, folder_.string().size() + 1);
    return texts;
  }

  std::filesystem::path folder_;
};

// No domain of its own.
const std::string kMain =
    "[server]\nhostname = \"mx.test\"\n[[listener]]\naddress = \"127.0.0.1:25\"\n"
    "[next_hop.store]\nkind = \"maildir\"\naddress = \"mail\"\n";
const std::string kDomain = "administrator = \"admin\"\nmailboxes = [\"admin\"]\n";

TEST_F(DomainFiles, AreReadInTheOrderOfTheirNames) {
  write("sekisho.toml", kMain);
  write("domains.d/b.test.toml", kDomain);
  write("domains.d/a.test.toml", kDomain + "spam = \"off\"\naliases = {s = \"admin@b.test\"}\n");
  write("domains.d/c.toml", "name = \"c.test\"\n" + kDomain);
  write("domains.d/a.test.toml~", "not = read");
  const LoadedConfig loaded = load();
  EXPECT_EQ(error_texts(loaded), std::vector<std::string>());
  ASSERT_EQ(loaded.config.domains.size(), 3U);
  EXPECT_EQ(loaded.config.domains[0].name, "a.test");
  EXPECT_EQ(loaded.config.domains[0].plan.spam, SpamAction::kOff);
  EXPECT_EQ(loaded.config.domains[0].file, (folder_ / "domains.d/a.test.toml").string());
  EXPECT_EQ(loaded.config.domains[2].name, "c.test");
  EXPECT_EQ(loaded.config.domains_folder, folder_ / "domains.d");
  EXPECT_EQ(loaded.config.next_hops.at("store").address, folder_ / "mail");
}

TEST_F(DomainFiles, DomainsOfTheMainFileComeFirst) {
  write("sekisho.toml",
        "domains = \"customers\"\n" + kMain + "[[domain]]\nname = \"z.test\"\n" + kDomain);
  write("customers/a.test.toml", kDomain);
  write("domains.d/not-read.test.toml", kDomain);
  const LoadedConfig loaded = load();
  EXPECT_EQ(error_texts(loaded), std::vector<std::string>());
  ASSERT_EQ(loaded.config.domains.size(), 2U);
  EXPECT_EQ(loaded.config.domains[0].name, "z.test");
}

TEST_F(DomainFiles, ErrorsNameTheFile) {
  write("sekisho.toml", "domains = \"d\"\n" + kMain + "[smtp]\nerrors_max = 0\n");
  write("d/a.test.toml", "administrator = \"admin\"\n");
  write("d/b.test.toml", kDomain + "aliases = {x = \"y@a.test\"}\n[server]\n");
  write("d/B.test.toml", kDomain);
  write("d/not a name.toml", kDomain);
  EXPECT_THAT(
      errors(),
      ElementsAre(
          "sekisho.toml:10: smtp.errors_max: 0 is out of range; write a whole number from 1 to "
          "10000",
          "d/a.test.toml:1: domain.administrator: there is no mailbox or alias \"admin\" in "
          "a.test; "
          "define it, or point at one that exists",
          "d/b.test.toml:1: domain.name: b.test is already defined at d/B.test.toml:1; remove one "
          "of them",
          "d/b.test.toml:4: domain.server: there is no such setting; there are: name, plan, "
          "administrator, catch_all, next_hop, accept_any_local, subaddress_separator, "
          "case_sensitive_local, mailboxes, aliases, spam, spam_threshold, ...",
          "d/not a name.toml:1: domain.name: is missing, and the file's name is not one; write "
          "name = \"example.net\""));
}

// What points into a file that can't be read is not reported: that would be noise.
TEST_F(DomainFiles, BrokenFileIsOneError) {
  write("sekisho.toml", kMain);
  write("domains.d/a.test.toml", kDomain + "aliases = {x = \"y@b.test\"}\n");
  write("domains.d/b.test.toml", "mailboxes = [\"y\"\n");
  const LoadedConfig loaded = load();
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_EQ(loaded.errors[0].file, (folder_ / "domains.d/b.test.toml").string());
  EXPECT_THAT(loaded.errors[0].what, testing::StartsWith("not TOML: "));
}

TEST_F(DomainFiles, FolderThatWasNamedMustExist) {
  write("sekisho.toml", "domains = \"nowhere\"\n" + kMain);
  EXPECT_THAT(errors(),
              testing::Contains("sekisho.toml:1: domains: \"nowhere\" can't be read: No such "
                                "file or directory; make the folder, or name another"));
}

TEST_F(DomainFiles, FolderInPlaceOfAFile) {
  write("sekisho.toml", kMain);
  write("domains.d/a.test.toml/x", "");
  EXPECT_THAT(errors(), ElementsAre(testing::StartsWith("domains.d/a.test.toml: can't be read: ")));
}

}  // namespace
}  // namespace sekisho::config
