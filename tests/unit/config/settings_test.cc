#include "config/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "config_text.h"

namespace sekisho::config {
namespace {

TEST(Settings, EachRowIsNamedOnceAndDocumented) {
  std::set<std::string> names;
  for (const Setting& row : settings()) {
    const std::string name = std::string(row.section) + "." + std::string(row.key);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(std::any_of(sections().begin(), sections().end(), [&](const Section& s) {
      return s.name == row.section;
    })) << name;
    ASSERT_FALSE(row.doc.empty()) << name;
    EXPECT_EQ(row.doc.back(), '.') << name;
    EXPECT_FALSE(expected_text(row).empty()) << name;
  }
}

// A domain may hold the settings of a plan, so their names must differ.
TEST(Settings, DomainAndPlanShareNoKey) {
  for (const Setting& row : settings()) {
    if (row.section != "plan") continue;
    EXPECT_EQ(find_setting("domain", row.key), nullptr) << row.key;
  }
}

TEST(Settings, DefaultsComeFromTheStructs) {
  struct Row {
    const char* section;
    const char* key;
    const char* text;
  } constexpr kRows[] = {
      {"smtp", "recipients_max", "200"},
      {"smtp", "message_bytes_max", "\"100 MB\""},
      {"smtp", "command_timeout", "\"5m\""},
      {"smtp", "bare_line_end", "\"reject\""},
      {"inspect", "signatures", "[\"/var/lib/clamav\", \"/usr/share/sekisho/signatures\"]"},
      {"inspect", "job_timeout", "\"90s\""},
      {"inspect", "allow_unscanned", "false"},
      {"plan", "spam_threshold", "5.0"},
      {"plan", "mailbox_bytes_max", "\"384 MB\""},
      {"plan", "virus", "\"reject\""},
      {"plan", "subject_tag", ""},
      {"plan", "unscanned", "\"defer\""},
      {"plan", "unscanned_limit", ""},
      {"plan", "encrypted_attachments", "\"tag\""},
      {"plan", "executable_attachments", "\"reject\""},
      {"plan", "blocked_extensions", "[]"},
      {"domain", "subaddress_separator", "\"+\""},
      {"domain", "next_hop", "\"store\""},
      {"server", "hostname", ""},
      {"next_hop", "timeout", "\"5m\""},
  };
  for (const Row& row : kRows) {
    const Setting* setting = find_setting(row.section, row.key);
    ASSERT_NE(setting, nullptr) << row.key;
    EXPECT_EQ(setting->default_text, row.text) << row.key;
  }
}

// But for encryption, which encrypted_attachments alone decides on.
TEST(Settings, EachReasonHasARow) {
  EXPECT_EQ(find_setting("plan", "unscanned_encrypted"), nullptr);
  for (const std::string_view name : kUnscannedNames) {
    if (name == "encrypted") continue;
    EXPECT_NE(find_setting("plan", "unscanned_" + std::string(name)), nullptr) << name;
  }
}

TEST(UnscannedReason, EachIsNamedAndTheRestIsAnEngineError) {
  for (size_t i = 0; i < kUnscannedReasons; ++i)
    EXPECT_EQ(static_cast<size_t>(reason_of(kUnscannedNames[i])), i);
  EXPECT_EQ(reason_of("ambiguous_beyond_limit"), UnscannedReason::kAmbiguous);
  EXPECT_EQ(reason_of("something"), UnscannedReason::kEngineError);
}

// Every default, written out, is accepted and changes nothing: ranges, choices and defaults agree.
TEST(Settings, EachDefaultIsAValidValue) {
  for (const Setting& row : settings()) {
    if (row.default_text.empty() || row.section == "domain") continue;
    std::string line = std::string(row.key) + " = " + row.default_text + "\n";
    std::string lines;
    if (row.section == "server") {
      lines = "[server]\nhostname = \"mx.example.test\"\n" + line;
    } else if (row.section == "listener") {
      lines = "[[listener]]\naddress = \"127.0.0.1:25\"\n" + line;
    } else if (row.section == "next_hop") {
      lines = "[next_hop.store]\nkind = \"maildir\"\naddress = \"/m\"\n" + line;
    } else if (row.section == "plan") {
      lines = "[plan.p]\n" + line;
    } else {
      lines = "[" + std::string(row.section) + "]\n" + line;
    }
    EXPECT_EQ(error_texts(parse_lines(lines)), std::vector<std::string>()) << lines;
  }
}

TEST(Settings, ReferenceNamesEverySettingAndIsValidToml) {
  const std::string text = reference();
  for (const Setting& row : settings())
    EXPECT_NE(text.find("#" + std::string(row.key) + " ="), std::string::npos) << row.key;
  // Only what is required is missing; no line is a syntax error.
  for (const std::string& error : error_texts(parse_config(text, "reference", "/")))
    EXPECT_EQ(error.find("not TOML"), std::string::npos) << error;
}

}  // namespace
}  // namespace sekisho::config
