// `mimeheader`: a pattern sees the header of each part alone.

#include <gmock/gmock.h>

#include "rules/sample_run.h"
#include "unit/rules/rule_text.h"

namespace sekisho::rules {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string hits(const std::string& text, const std::vector<Fields>& parts) {
  const auto rules = rules_of(text);
  Matcher matcher(*rules);
  std::string names;
  for (int round = 0; round < 2; ++round) {  // the second message sees nothing of the first
    matcher.begin();
    for (const Fields& part : parts) {
      for (const auto& [name, value] : part) matcher.part_header(name, value);
      matcher.part_headers_end();
    }
    matcher.finish();
    names = hit_names(*rules, matcher);
  }
  return names;
}

const std::vector<Fields> kTwoParts = {
    {{"Content-Type", " multipart/mixed"}},
    {{"Content-Type", " image/gif;\r\n        name=\"a.gif\""}, {"Content-ID", " <1@x>"}},
    {{"Content-Type", " image/gif; name=\"=?utf-8?q?b?=.gif\""}}};

TEST(MimeHeader, SeesEachPart) {
  EXPECT_EQ(hits("mimeheader A Content-Type =~ /^image\\/gif; name=\"a/\n"
                 "mimeheader B content-type =~ /^multipart/\n"
                 "mimeheader C Content-Type =~ /multipart.*gif/s\n",
                 kTwoParts),
            "A B");
}

TEST(MimeHeader, RawIsWithoutTheBlankBehindTheColon) {
  EXPECT_EQ(hits("mimeheader A Content-Type:raw =~ /^image\\/gif;\\n {8}name/\n"
                 "mimeheader B Content-Type:raw =~ /=\\?utf-8/\n"
                 "mimeheader C Content-Type =~ /=\\?utf-8/\n",
                 kTwoParts),
            "A B");
}

TEST(MimeHeader, Counts) {
  EXPECT_EQ(hits("mimeheader A Content-Type =~ /gif/\ntflags A multiple\n"
                 "mimeheader B Content-Type =~ /gif/\ntflags B multiple maxhits=3\n"
                 "mimeheader C Content-Type =~ /gif/\n",
                 kTwoParts),
            "A=4 B=3 C");
}

TEST(MimeHeader, Exists) {
  EXPECT_EQ(
      hits("mimeheader A exists:Content-ID\nmimeheader B exists:Content-Language\n", kTwoParts),
      "A");
}

// It hits where no part matches; a part without the field is what [if-unset] says.
TEST(MimeHeader, NotMatchedAndUnset) {
  EXPECT_EQ(hits("mimeheader A Content-ID !~ /zz/\n"
                 "mimeheader B Content-ID !~ /1@x/\n"
                 "mimeheader C Content-ID =~ /none/ [if-unset: none]\n"
                 "mimeheader D Content-ID !~ /none/ [if-unset: none]\n"
                 "mimeheader E Content-ID =~ /none/ [if-unset: none]\ntflags E multiple\n",
                 kTwoParts),
            "A C E=2");
}

TEST(MimeHeader, Samples) {
  const auto rules =
      rules_of("mimeheader A Content-Type =~ /gif/\ntest A ok image/gif\ntest A fail image/png\n");
  Matcher matcher(*rules);
  for (const Sample& sample : rules->samples()) {
    play_sample(*rules, sample, matcher);
    EXPECT_EQ(matcher.value("A") > 0, sample.hits) << sample.text;
  }
}

TEST(MimeHeader, APartHasNoPseudoHeader) {
  EXPECT_EQ(all_errors(load_text("mimeheader A ALL =~ /x/\n").errors),
            "error test.cf:1: A: a part has no ALL; the rule is left out\n");
}

}  // namespace
}  // namespace sekisho::rules
