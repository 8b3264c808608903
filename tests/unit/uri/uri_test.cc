#include "uri/uri.h"

#include <gtest/gtest.h>

namespace sekisho::uri {
namespace {

struct Row {
  const char* name;
  std::string_view in, canonical, host;
};

const Row kRows[] = {
    {"rfc3986_case_and_port", "HTTP://WWW.Example.JP:80/A", "http://www.example.jp/A",
     "www.example.jp"},
    {"no_path", "https://example.jp", "https://example.jp/", "example.jp"},
    {"other_port", "http://example.jp:8080/", "http://example.jp:8080/", "example.jp"},
    {"query_without_path", "http://example.jp?q", "http://example.jp/?q", "example.jp"},
    {"fragment_goes", "http://example.jp/a#b", "http://example.jp/a", "example.jp"},
    {"escapes", "http://example.jp/%7ea%2fb%zz", "http://example.jp/~a%2Fb%zz", "example.jp"},
    {"escaped_host", "http://ex%61mple.jp/", "http://example.jp/", "example.jp"},
    {"user_is_no_host", "http://www.bank.jp@evil.example/", "http://evil.example/", "evil.example"},
    {"backslashes", "http:\\\\example.jp\\a", "http://example.jp/a", "example.jp"},
    {"no_slashes", "http:example.jp", "http://example.jp/", "example.jp"},
    {"blanks_inside", "ht\ntp://exam ple.jp/", "http://example.jp/", "example.jp"},
    {"hxxp", "hxxps://example.jp/", "https://example.jp/", "example.jp"},
    {"idn", "http://日本語.jp/", "http://xn--wgv71a119e.jp/", "xn--wgv71a119e.jp"},
    {"full_width_host", "http://ｅｘａｍｐｌｅ。ｊｐ/", "http://example.jp/", "example.jp"},
    {"ipv4_one_number", "http://3232235777/", "http://192.168.1.1/", "192.168.1.1"},
    {"ipv4_hex_and_octal", "http://0xC0.0250.1.1/", "http://192.168.1.1/", "192.168.1.1"},
    {"ipv6", "http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/", "2001:db8::1"},
    {"port_is_no_number", "http://example.jp:x80/", "http://example.jp/", "example.jp"},
    {"trailing_dot", "http://example.jp./", "http://example.jp/", "example.jp"},
};

TEST(Uri, Rfc3986_6_2_2_IsMadeCanonical) {
  for (const Row& row : kRows) {
    const auto uri = parse_uri(row.in);
    ASSERT_TRUE(uri.has_value()) << row.name;
    EXPECT_EQ(uri->canonical, row.canonical) << row.name;
    EXPECT_EQ(uri->host, row.host) << row.name;
  }
}

TEST(Uri, TellsUserAndUnicode) {
  EXPECT_EQ(parse_uri("http://www.bank.jp:x@evil.example/")->user, "www.bank.jp:x");
  EXPECT_EQ(parse_uri("http://xn--wgv71a119e.jp/")->unicode, "日本語.jp");
}

TEST(Uri, WithoutHostThereIsNone) {
  for (const std::string_view text :
       {"", "x", "mailto:a@b.jp", "cid:x", "http://", "http:///", "javascript:alert(1)", "//a.jp/",
        "http://a b|c/", "http://[2001:db8/", "http://[x]/", "http://[1]x/", "data:,x"})
    EXPECT_FALSE(parse_uri(text).has_value()) << text;
}

TEST(Uri, Rfc3986_5_4_Resolves) {
  constexpr std::string_view kBase = "http://a/b/c/d?q";
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"g:h", "g:h"},           {"g", "http://a/b/c/g"},   {"./g", "http://a/b/c/g"},
      {"/g", "http://a/g"},     {"//g", "http://g"},       {"?y", "http://a/b/c/d?y"},
      {"../g", "http://a/b/g"}, {"../../g", "http://a/g"}, {"../../../g", "http://a/g"}};
  for (const auto& [reference, resolved] : rows) EXPECT_EQ(resolve(kBase, reference), resolved);
}

}  // namespace
}  // namespace sekisho::uri
