#include "uri/uri_finder.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::uri {
namespace {

const SuffixList& suffixes() {
  static const SuffixList list = std::move(SuffixList::system().value());
  return list;
}

std::string found(const std::vector<std::string_view>& chunks) {
  UriFinder finder(suffixes());
  std::string out;
  const auto take = [&] {
    while (const auto one = finder.next()) {
      const auto uri = parse(*one);
      if (!uri) continue;
      if (!out.empty()) out += ' ';
      out += one->form == FoundUri::Form::kMailAddress ? "@" : "";
      out += one->form == FoundUri::Form::kSchemeless ? "~" : "";
      out += one->obfuscated ? "!" : "";
      out += uri->canonical + "|";
      if (!uri->is_address) out += suffixes().registered_domain(uri->host);
    }
  };
  for (const auto chunk : chunks) {
    finder.feed(chunk);
    take();
  }
  finder.finish();
  take();
  return out;
}

struct Row {
  const char* name;
  std::string_view in, out;
};

const Row kRows[] = {
    {"whole", "see http://www.example.co.jp/a?b=1&c=2.",
     "http://www.example.co.jp/a?b=1&c=2|example.co.jp"},
    {"in_brackets", "(http://example.jp/a_(b)) [https://example.jp]",
     "http://example.jp/a_(b)|example.jp https://example.jp/|example.jp"},
    {"between_angles", "<http://example.jp/><b>", "http://example.jp/|example.jp"},
    {"bare_domain", "go to www.example.com/x, now", "~http://www.example.com/x|example.com"},
    {"bare_domain_at_the_end", "visit example.co.jp.", "~http://example.co.jp/|example.co.jp"},
    {"no_known_suffix", "file.txt e.g. 3.14 a.b.nosuchtld x...y", ""},
    {"suffix_alone", "co.jp", ""},
    {"mail_address", "john.smith@mail.example.jp", "@http://mail.example.jp/|example.jp"},
    {"japanese_around", "詳細はhttp://example.jp/a?b=cをご覧ください。",
     "http://example.jp/a?b=c|example.jp"},
    {"japanese_behind_the_host", "http://example.jpをクリック", "http://example.jp/|example.jp"},
    {"japanese_around_a_bare_domain", "弊社サイトwww.example.jpへ",
     "~http://www.example.jp/|example.jp"},
    {"full_width", "ｈｔｔｐ：／／ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ／ａ",
     "http://www.example.com/a|example.com"},
    {"ideographic_stop", "www。example。com です。次", "~http://www.example.com/|example.com"},
    {"idn", "http://日本語.jp/x", "http://xn--wgv71a119e.jp/x|xn--wgv71a119e.jp"},
    {"idn_suffix", "http://例え.みんな", "http://xn--r8jz45g.xn--q9jyb4c/|xn--r8jz45g.xn--q9jyb4c"},
    {"hxxp_and_dots", "hxxp://evil[.]example[.]com/x", "!http://evil.example.com/x|example.com"},
    {"dot_in_words", "evil(dot)example(DOT)com", "~!http://evil.example.com/|example.com"},
    {"zero_width_inside", "http://exa\xE2\x80\x8Bmple.jp/", "http://example.jp/|example.jp"},
    {"user_name", "http://www.bank.jp@evil.example.com/", "http://evil.example.com/|example.com"},
    {"address", "http://0x7f.1/a", "http://127.0.0.1/a|"},
    {"scheme_behind_letters", "xhttp://example.jp/", "http://example.jp/|example.jp"},
    {"two_in_a_word", "http://a.example.jp/、http://b.example.jp/",
     "http://a.example.jp/|example.jp http://b.example.jp/|example.jp"},
    {"bare_idn", "見よ 日本語.jp/x を", "~http://xn--wgv71a119e.jp/x|xn--wgv71a119e.jp"},
    {"bare_idn_in_brackets", "「日本語．ｊｐ」へ", "~http://xn--wgv71a119e.jp/|xn--wgv71a119e.jp"},
    {"bare_idn_before_hiragana", "日本語.jpへ", "~http://xn--wgv71a119e.jp/|xn--wgv71a119e.jp"},
    {"bare_idn_under_a_suffix", "日本語.co.jp",
     "~http://xn--wgv71a119e.co.jp/|xn--wgv71a119e.co.jp"},
    {"bare_idn_suffix", "例え.みんな ストア.みんな/a",
     "~http://xn--r8jz45g.xn--q9jyb4c/|xn--r8jz45g.xn--q9jyb4c "
     "~http://xn--cck2b3b.xn--q9jyb4c/a|xn--cck2b3b.xn--q9jyb4c"},
    {"ascii_under_an_idn_suffix", "(example.みんな)",
     "~http://example.xn--q9jyb4c/|example.xn--q9jyb4c"},
    {"bare_latin_idn", "bücher.example.de münchen.de пример.com",
     "~http://example.de/|example.de ~http://xn--mnchen-3ya.de/|xn--mnchen-3ya.de "
     "~http://xn--e1afmkfd.com/|xn--e1afmkfd.com"},
    {"bare_punycode", "xn--wgv71a119e.jp", "~http://xn--wgv71a119e.jp/|xn--wgv71a119e.jp"},
    {"idn_mailbox", "info@日本語.jp", "@http://xn--wgv71a119e.jp/|xn--wgv71a119e.jp"},
    {"sentence_with_full_width_stops", "終わりました．次の文です．IT業界では．", ""},
    {"domain_behind_a_full_width_stop", "参照．www.example.jp",
     "~http://www.example.jp/|example.jp"},
    {"private_suffix", "http://me.github.io/", "http://me.github.io/|me.github.io"},
};

TEST(UriFinder, FindsWhatAReaderSees) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(found({row.in}), row.out);
    expect_same_for_every_split(row.in, found);
  }
}

TEST(UriFinder, WordsWithoutEnd) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "東京都千代田区永田町一丁目七番一号の皆様";
  const std::string before = text.substr(0, 4096 - 10 - (4096 - 10) % 3);
  EXPECT_EQ(found({before + "http://www.example.jp/path/あ" + text}),
            "http://www.example.jp/path/|example.jp");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "http://example.jp/x、";
  const std::string all = found({many});
  EXPECT_EQ(std::count(all.begin(), all.end(), '|'), 1000);
}

TEST(UriFinder, DotsBesideForeignLetters) {
  for (const std::string piece : {".", "あ.", "é", "éa", "\xF0.", "a.あ", "..あ"}) {
    std::string text;
    while (text.size() < 100000) text += piece;
    EXPECT_EQ(found({text}), "") << piece;
    EXPECT_EQ(found({"あ" + text}), "") << piece;
  }
}

TEST(UriFinder, LongUriIsCutAndTextGoesOn) {
  const std::string all =
      found({"http://example.jp/" + std::string(100000, 'a') + " www.example.com"});
  EXPECT_EQ(all.substr(0, 20), "http://example.jp/aa");
  EXPECT_NE(all.find("~http://www.example.com/"), std::string::npos);
}

}  // namespace
}  // namespace sekisho::uri
