#include "codec/html_text.h"

#include <gtest/gtest.h>

#include <fstream>

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
    {"conditional_comment", "Via<!--[if mso]><b>g</b><![endif]-->ra", "Viagra"},
    {"numeric_entities", "&#65;&#x42;&#12486;", "ABテ"},
    {"numeric_windows_1252", "&#147;", "“"},
    {"numeric_out_of_range", "&#x110000;&#99999999999;", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"entity_without_semicolon", "a &amp b &copy.", "a & b ©."},
    {"unknown_entity", "&foo; R&D", "&foo; R&D"},
    {"numeric_of_many_digits", "&#000000000000000000000000000000000000065;", "A"},
    {"html5_names", "&NotEqualTilde;&lbrack;&period;&commat;", "\xE2\x89\x82\xCC\xB8[.@"},
    {"longest_beginning_of_a_name", "&notit; &copyright &amplt;", "¬it; ©right &lt;"},
    {"name_that_needs_its_semicolon", "&period x", "&period x"},
    {"no_digits", "&#; &#x; &;", "&#; &#x; &;"},
    {"comment_with_bang", "a<!-- x --!>b", "ab"},
    {"comment_dashes", "a<!-- x -- > - --->b<!---->c", "abc"},
    {"short_comment_with_a_dash", "a<!--->b", "ab"},
    {"end_tag_with_quotes", "<b>a</b x='>'>b", "ab"},
    {"bogus_end_tag_with_quotes", "a</ x='>'>b", "a'>b"},
    {"end_tag_without_a_name", "a</>b", "ab"},
    {"gt_in_unquoted_value", "<a b=c>d", "d"},
    {"value_missing", "<a b=>c", "c"},
    {"equals_begins_a_name", "<a =b=\">\">c", "c"},
    {"title_has_no_tags", "<title>a<b>&amp;</title>c", "\na<b>&\nc"},
    {"style_ends_by_its_own_tag_only", "<style></styles></style >a", "a"},
    {"plaintext", "<plaintext>a<b>", "a<b>"},
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

std::string shown(const std::vector<std::string_view>& chunks) {
  HtmlText html;
  HtmlOutput out;
  html.reset();
  for (const auto chunk : chunks) html.feed(chunk, out);
  html.finish(out);
  std::string all = out.text + "|" + out.hidden + "|" + out.comments + "|" + out.charset;
  for (const HtmlLink& link : out.links)
    all += "|" + std::to_string(static_cast<int>(link.kind)) + link.uri + ">" + link.anchor;
  for (const HtmlData& data : out.data) {
    if (!data.type.empty()) all += "|" + data.type + ":";
    if (!data.charset.empty()) all += "(" + data.charset + ")";
    all += data.bytes + (data.ends ? "." : "");
  }
  return all;
}

const Row kShownRows[] = {
    {"display_none", "a<b style='Display : NONE !important'>x</b>c", "ac|x||"},
    {"display_with_escapes_and_comments", "<i style='dis\\70 lay:/**/n\\6fne'>x</i>c", "c|x||"},
    {"visible_again", "<i style=visibility:hidden>x<b style=visibility:visible>y</b></i>", "y|x||"},
    {"font_size_zero", "<p style='font-size:0px'>x<i style=font-size:14px>y</i></p>",
     "y|\n\nx\n\n||"},
    {"font_size_of_a_pixel", "<i style='font:bold 1px/1 Arial'>x</i>", "|x||"},
    {"colour_of_the_background", "<td bgcolor=#fff><font color=#FEFEFE>x</font>y", " y|x||"},
    {"colour_of_the_root", "<body bgcolor=black text=white>a<i style=color:#000>x</i>",
     "\n\na|x||"},
    {"colour_on_an_image_is_seen", "<td background=a.png><font color=white>y</font>",
     " y||||1a.png>"},
    {"white_on_blue_is_seen", "<i style='background:#00f url; color:rgb(255,255,255)'>y</i>",
     "y|||"},
    {"transparent", "<i style='color:rgba(0,0,0,0)'>x</i>", "|x||"},
    {"hidden_attribute", "<i hidden>x</i>y", "y|x||"},
    {"empty_box_that_cuts", "<div style='max-height:0;overflow:hidden'>x</div>y", "y|\nx\n||"},
    {"far_outside", "<i style='position:absolute; left:-9999px'>x</i>y", "y|x||"},
    {"unclosed_paragraph_ends_at_the_next", "<p style=display:none>x<p>y", "\n\ny|\n\nx||"},
    {"unclosed_cell_ends_at_the_next", "<table><tr><td hidden>x<td>y", "\n\n\n y| x||"},
    {"unclosed_inner_ends_with_the_outer", "<div hidden><b><i>x</div>y", "y|\nx\n||"},
    {"end_tag_of_nothing", "<div hidden>x</b></span>z</div>y", "y|\nxz\n||"},
    {"first_style_counts", "<i style=a:b style=display:none>y</i>", "y|||"},
    {"later_declaration_counts", "<i style='display:none;display:inline'>y</i>", "y|||"},
    {"important_declaration_counts",
     "<i style='display:inline !important;display:none;opacity:0;opacity:1'>y</i>", "y|||"},
    {"invalid_display_changes_nothing", "<i style='display:none;display:visible'>x</i>", "|x||"},
    {"child_of_nothing", "<i style=display:none><b style=display:inline>x</b></i>", "|x||"},
    {"far_outside_without_position", "<i style='left:-999px'>y</i>", "y|||"},
    {"height_of_inline", "<i style='height:0;overflow:hidden;text-indent:-999px'>y</i>", "y|||"},
    {"height_of_what_is_made_a_block", "<i style='display:block;height:0;overflow:hidden'>x</i>y",
     "y|x||"},
    {"hidden_from_one_client_only", "<i style=mso-hide:all>y</i>", "y|||"},
    {"hidden_until_found", "<i hidden=Until-Found>y</i><i hidden>x</i>", "y|x||"},
    {"later_rule_counts", "<style>.a{display:none}.a{display:inline}</style><i class=a>y</i>",
     "y|||"},
    {"style_counts_more_than_a_class",
     "<style>.a{display:none;font-size:0}</style><i style='display:inline;font-size:9px' "
     "class=a>y</i>",
     "y|||"},
    {"unreadable_background", "<td style='background:var(--x)'><font color=white>y", " y|||"},
    {"background_of_many_words",
     "<td style='background:no-repeat rgb(0, 0, 0) top'><font color=white>y<font color=black>x",
     " y| x||"},
    {"background_of_a_sheet", "<style>p{background:#000}</style><font color=white>y", "y|||"},
    {"white_background_of_a_sheet", "<style>p{background:#fff}</style><font color=white>x", "|x||"},
    {"no_background", "<td style='background:none'><font color=white>x", " |x||"},
    {"title_and_comment", "<title>t</title><!-- c -->y", "y|\n\n| c \n|"},
    {"conditional_comment_is_seen", "a<!--[if mso]><b>x</b><a href=u>z</a><![endif]-->b",
     "axzb||||0u>z"},
    {"conditional_comment_opens_nothing", "<!--[IF mso]><i hidden>x<a title='--><b>y</b>", "y|x||"},
    {"conditional_comment_in_hidden_text", "<i hidden><!--[if mso]>x<![endif]--></i>y", "y|x||"},
    {"conditional_comment_in_another", "<!--[if a]>x<!--[if b]>y-->z", "xz||[if b]>y\n|"},
    {"revealed_by_a_condition", "<!--[if !mso]><!-->x<!--<![endif]--><![if a]>y<![endif]>",
     "xy||<![endif]\n|"},
    {"comment_that_begins_like_a_condition", "<!--[i]>-->y", "y||[i]>\n|"},
    {"conditional_comment_never_ends", "<!--[if mso]>x", "x|||"},
    {"comment_never_ends", "<!--[x", "||[x\n|"},
    {"class_of_a_sheet",
     "<style>p.x, .y{display:none}</style><p class='a y'>1</p><p class=x>2</p><i class=x>3</i>",
     "3|\n\n1\n\n\n\n2\n\n||"},
    {"class_under_a_condition", "<style>@media print{.x{display:none}}</style><i class=x>y</i>",
     "y|||"},
    {"class_behind_a_condition",
     "<style>@media print{.x{color:red}} #x{font-size:0}</style><i id=x>y</i>", "|y||"},
    {"url_in_a_style", "<i style=\"background: URL( 'http://a/b' )\">y</i>", "y||||1http://a/b>"},
    {"url_in_a_sheet", "<style>@import \"http://a/c\"; i{background:u\\72l(http://a/b)}</style>",
     "||||1http://a/c>|1http://a/b>"},
    {"data_in_a_sheet", "<style>i{background:url(data:image/png;base64,WA==)}</style>y",
     "y||||image/png:X."},
    {"url_that_never_ends", "<i style='background:url(http://a/b'>y</i>", "y||||1http://a/b>"},
    {"anchor", "<a href=' http://a/?b&amp;c=1&copy=2\n'>x <b>y</b></a>z",
     "x yz||||0http://a/?b&c=1&copy=2>x y"},
    {"anchor_without_end", "<a href=a>x<a href=b>y", "xy||||0a>x|0b>y"},
    {"both_of_two_attributes", "<a href=a href=b>x</a>", "x||||0b>|0a>x"},
    {"image_form_base_frame_sheet",
     "<base href=/b><img src=i><form action=f><iframe src=r></iframe><link href=s>",
     " \n||||3/b>|1i>|2f>|5r>|6s>"},
    {"refresh", "<meta content=\"0; URL='http://a/'\" http-equiv=Refresh>", "||||4http://a/>"},
    {"charset", "<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>",
     "|||shift_jis"},
    {"data_uri", "<img src='data:image/png;base64,aGVs&#98;G8%3D'>", " ||||image/png:hello."},
    {"data_uri_percent", "<a href='DATA:text/html;charset=x,%3cb%3E%zz%4'>y</a>",
     "y||||text/html:(x)<b>%zz%4."},
    {"data_uri_with_a_long_head",
     "<img src='data:a/b;x=0123456789012345678901234567890123456789012345678901234567890123456789"
     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
     "0123456789012345678901234567890123456789;charset=\"KOI8-R\";base64,WA=='>",
     " ||||a/b:(koi8-r)X."},
    {"srcset", "<img srcset=' a.png 1x,b,c.png 2x, data:image/png;base64,WA== 3x,data:,a, d.png,'>",
     " ||||1a.png>|1b,c.png>|1d.png>|image/png:X.|text/plain:a."},
    {"srcset_with_brackets", "<source srcset='a (b, c) 1x, d'>", "||||1a>|1d>"},
    {"refresh_to_data", "<meta http-equiv=refresh content='1.5 url=\"data:text/html,x\" y'>",
     "||||text/html:x."},
    {"refresh_to_data_before_its_name", "<meta content=';data:,x' http-equiv=refresh>",
     "||||text/plain:x."},
    {"refresh_without_a_word", "<meta http-equiv=refresh content='0, uri.html'>", "||||4uri.html>"},
    {"content_of_another_meta", "<meta name=x content='0;url=http://a/'>", "|||"},
    {"frame_with_a_page", "<iframe srcdoc='&lt;a href=&quot;u&quot;>x'></iframe>y",
     "y||||text/html:(utf-8)<a href=\"u\">x."},
    {"frame_with_an_empty_page", "<iframe srcdoc></iframe>", "||||text/html:(utf-8)."},
    {"data_in_css_escapes", "<i style=\"background:\\75 rl('\\64 ata\\3a,\\\nx\\27\\'y')\">z</i>",
     "z||||text/plain:x''y."},
    {"data_in_bare_css_escapes", "<style>i{background:url( data\\00003a\\,x\\)y )}</style>z",
     "z||||text/plain:x)y."},
    {"data_of_an_image_set", "<style>i{background:image-set(\"data:,x\" 1x)}</style>z",
     "z||||text/plain:x."},
    {"strings_and_comments_are_no_links",
     "<style>/* url(a) \" */ i:before{content:\"url(b) /*\"} i{background:url(c)}</style>z",
     "z||||1c>"},
    {"import_behind_a_comment", "<style>@import/**/'a';</style>z", "z||||1a>"},
    {"style_in_svg_is_markup",
     "<svg><style>.a{display:none}<a href=u>x</a></style></svg><p class=a>y", "|x\n\ny|||0u>x"},
    {"sheet_in_svg", "<svg><style>@import 'a';.a{display:none}</style></svg><i class=a>x</i>y",
     "y|x|||1a>"},
    {"title_in_svg", "<svg><title><a href=u>x</a></title>y</svg>", "y|\nx\n|||0u>x"},
    {"html_in_svg_has_raw_text", "<svg><foreignObject><style><a href=u></style>y", "y|||"},
    {"html_that_ends_svg", "<svg><g><p>y<style><a href=u></style>", "\n\ny|||"},
    {"svg_that_ends_itself", "<svg/><style><a href=u></style>y", "y|||"},
    {"svg_closed", "<svg><g></svg><style><a href=u></style>y", "y|||"},
    {"math", "<math><style><a href=u></style><mi><style><a href=v></style>y", "y||||0u>y"},
    {"svg_in_an_annotation", "<math><annotation-xml><svg><mi><style><a href=u></style>y",
     "y||||0u>y"},
    {"script_in_svg_is_markup", "<svg><script><a href=u></a></script>y", "y||||0u>"},
    {"cdata_in_svg", "<svg><![CDATA[a > <b]]]>]]</svg>y]]><![CDATA[z]]>", "a > <b]]]y]]>|||"},
    {"cdata_in_html", "<![CDATA[a > b]]>", " b]]>|||"},
    {"style_in_select_is_dropped", "<select><style><a href=u>x</a></style></select>y",
     " x y||||0u>x"},
    {"script_in_select", "<select><script><a href=u></script></select>y", "  y|||"},
    {"end_tag_in_select_stays_inside", "<div><select></div><title><a href=u>x</a>",
     "\n \n\nx||||0u>x"},
    {"comment_in_a_word", "<i style='dis/**/play:none'>y</i>", "y|||"},
    {"comment_with_braces", "<style>/* } { */ .a{x:'}';display:none} .b{}</style><i class=a>x</i>y",
     "y|x||"},
    {"sheet_that_leaves_a_block_open",
     "<style>.a{display:none</style><style>.b{display:none}</style><i class=a>x</i><i "
     "class=b>x</i>",
     "|xx||"},
    {"data_uri_bare", "<object data=data:,a%20b>", "||||text/plain:a b."},
};

TEST(HtmlText, TellsWhatIsSeenHiddenAndLinked) {
  for (const Row& row : kShownRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(shown({row.in}), row.out);
    expect_same_for_every_split(row.in, [](const auto& chunks) { return shown(chunks); });
  }
}

size_t resident_pages() {
  std::ifstream statm("/proc/self/statm");
  size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident;
}

struct LongInput {
  const char* name;
  std::string_view begin, piece, end;
  size_t bytes;
};

// Neither memory nor time may grow with one line, one attribute or one depth.
TEST(HtmlText, MemoryIsFixedWhateverTheInput) {
  const LongInput inputs[] = {
      {"one_line", "", "word ", "", 20 << 20},
      {"nested", "", "<div style=color:red>", "", 100000 * 21},
      {"attribute", "<a href=\"", "x", "\">", 10 << 20},
      {"style", "<a style=\"", "color:red;", "\">", 10 << 20},
      {"data", "<img src=\"data:image/png;base64,", "AAAA", "\">", 10 << 20},
      {"attributes", "<a ", "href=x ", ">", 10 << 20},
      {"anchor", "<a href=x>", "word ", "</a>", 10 << 20},
      {"name", "<", "a", ">", 10 << 20},
      {"reference", "&", "a", ";", 1 << 20},
      {"comment", "<!--", "-", ">", 10 << 20},
      {"sheet", "<style>", ".a,.b{display:none} ", "</style>", 10 << 20},
      {"rule_without_end", "<style>", "a", "</style>", 10 << 20},
      {"address_in_a_style", "<p style='background:url(http://a/", "a", ")'>", 10 << 20},
      {"head_of_data", "<img src=\"data:a/b", ";a=b", ",x\">", 10 << 20},
      {"srcset", "<img srcset=\"", "a 1x, ", "\">", 10 << 20},
      {"commas_of_a_srcset", "<img srcset=\"a", ",", "b\">", 10 << 20},
      {"refresh", "<meta content=\"", "0", ";x\">", 10 << 20},
      {"page_of_a_frame", "<iframe srcdoc=\"", "<p>x", "\">", 10 << 20},
      {"escapes_in_a_style", "<p style='background:url(", "\\61 ", ")'>", 10 << 20},
      {"data_in_a_style", "<p style='background:url(data:,", "a", ")'>", 10 << 20},
  };
  for (const LongInput& input : inputs) {
    SCOPED_TRACE(input.name);
    HtmlText html;
    HtmlOutput out;
    html.reset();
    std::string chunk;
    while (chunk.size() < 64 << 10) chunk += input.piece;
    html.feed(input.begin, out);
    html.feed(chunk, out);
    out.clear();
    const size_t before = resident_pages();
    for (size_t fed = 0; fed < input.bytes; fed += chunk.size()) {
      html.feed(chunk, out);
      EXPECT_LE(out.text.size(), chunk.size() * 2);
      out.clear();
    }
    html.feed(input.end, out);
    html.finish(out);
#ifdef __SANITIZE_ADDRESS__
    static_cast<void>(before);  // AddressSanitizer keeps freed memory; the Release run measures
#else
    EXPECT_LE(resident_pages(), before + 512);
#endif
  }
}

TEST(HtmlText, LongUriIsCutAndSaysSo) {
  HtmlText html;
  HtmlOutput out;
  html.reset();
  html.feed("<img src=\"" + std::string(HtmlText::kValueBytesMax + 1, 'a') + "\">", out);
  html.finish(out);
  ASSERT_EQ(out.links.size(), 1u);
  EXPECT_TRUE(out.links[0].cut);
  EXPECT_EQ(out.links[0].uri.size(), HtmlText::kValueBytesMax);
}

}  // namespace
}  // namespace sekisho::codec
