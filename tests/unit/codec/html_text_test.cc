#include "codec/html_text.h"

#include <gtest/gtest.h>

#include "every_split.h"

namespace sekisho::codec {
namespace {

std::string render(const std::vector<std::string_view>& chunks) {
  HtmlText html;
  html.reset();
  std::string out;
  for (const auto chunk : chunks) html.feed(chunk, out);
  html.finish(out);
  return out;
}

struct Row {
  const char* name;
  std::string_view in, out;
};

const Row kRows[] = {
    {"plain", "a b", "a b"},
    {"inline_tags_go", "V<b>i</b>a<i class=x>g</i>ra", "Viagra"},
    {"break", "a<br>b<br/>c", "a\nb\nc"},
    {"paragraph", "<p>a</p>b", "\n\na\n\nb"},
    {"named_entities", "&lt;&amp;&eacute;&nbsp;x&apos;", "<&é\xC2\xA0x'"},
    {"numeric_entities", "&#65;&#x42;&#12486;", "ABテ"},
    {"numeric_windows_1252", "&#147;", "“"},
    {"numeric_out_of_range", "&#x110000;&#99999999999;", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"entity_without_semicolon", "a &amp b &copy.", "a & b ©."},
    {"unknown_entity", "&foo; R&D", "&foo R&D"},
    {"script_goes", "a<script>if (a<b) x='</p>';</script>b", "ab"},
    {"style_goes", "a<STYLE>p {}</sTyLe >b", "ab"},
    {"comment_goes", "a<!-- x > y -->b", "ab"},
    {"short_comment", "a<!-->b", "ab"},
    {"comment_splits_word", "Via<!-- -->gra", "Viagra"},
    {"doctype", "<!DOCTYPE html>a", "a"},
    {"processing_instruction", "<?xml version=1?>a", "a"},
    {"processing_instruction_is_no_comment", "<?-- x>a", "a"},
    {"gt_in_quotes", "<a title=\"x>y\">b</a>", "b"},
    {"stray_quote_in_tag", "<a b'>c</a>", "c"},
    {"less_than_as_text", "1 < 2 <3", "1 < 2 <3"},
    {"cells", "<td>a</td><td>b</td>", " a  b "},
    {"entity_at_end", "a&amp", "a&"},
    {"lone_less_than_at_end", "a<", "a<"},
};

TEST(HtmlText, RendersHoweverTheInputIsCut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(render({row.in}), row.out);
    expect_same_for_every_split(row.in, [](const auto& chunks) { return render(chunks); });
  }
}

}  // namespace
}  // namespace sekisho::codec
