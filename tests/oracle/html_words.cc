// Prints what HtmlText and libxml2 make of HTML files, for tests/integration/html_oracle_test.py.
//
// Reads file names, one on a line; prints for each a line of JSON: visible and hidden text, and of
// libxml2's tree the same, where a title, a script or a style is no text and only the plainest
// means hide: the attribute `hidden`, display:none, visibility:hidden.

#include <libxml/HTMLparser.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "codec/html_text.h"

namespace {

struct Text {
  std::string visible, hidden;
};

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

bool hides(xmlNode* element) {
  static const std::regex kHides(R"(display\s*:\s*none|visibility\s*:\s*hidden)",
                                 std::regex::icase);
  if (xmlHasProp(element, reinterpret_cast<const xmlChar*>("hidden")) != nullptr) return true;
  xmlChar* style = xmlGetProp(element, reinterpret_cast<const xmlChar*>("style"));
  const std::string text(view(style));
  xmlFree(style);
  return std::regex_search(text, kHides);
}

void gather(xmlNode* first, bool hidden, Text& text) {
  static const std::set<std::string_view> kNoText{"script", "style", "title"};
  static const std::set<std::string_view> kInline{
      "a",    "abbr", "acronym", "b",   "bdo",    "big",    "blink", "cite", "code", "del",
      "dfn",  "em",   "font",    "i",   "ins",    "kbd",    "nobr",  "q",    "s",    "samp",
      "span", "sub",  "small",   "sup", "strike", "strong", "tt",    "u",    "var",  "wbr"};
  for (xmlNode* node = first; node != nullptr; node = node->next) {
    std::string& to = hidden ? text.hidden : text.visible;
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
      to += view(node->content);
    } else if (node->type == XML_ELEMENT_NODE && !kNoText.contains(view(node->name))) {
      const bool parts_words = !kInline.contains(view(node->name));
      if (parts_words) to += ' ';
      gather(node->children, hidden || hides(node), text);
      if (parts_words) to += ' ';
    }
  }
}

Text read_by_libxml2(const std::string& html) {
  Text text;
  htmlDocPtr document =
      htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, "utf-8",
                     HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | XML_PARSE_HUGE);
  if (document != nullptr) gather(xmlDocGetRootElement(document), false, text);
  xmlFreeDoc(document);
  return text;
}

Text read_by_us(const std::string& html) {
  sekisho::codec::HtmlText reader;
  sekisho::codec::HtmlOutput out;
  reader.reset();
  reader.feed(html, out);
  reader.finish(out);
  return {out.text, out.hidden};
}

}  // namespace

int main() {
  for (std::string name; std::getline(std::cin, name);) {
    std::ifstream file(name, std::ios::binary);
    const std::string html{std::istreambuf_iterator<char>(file), {}};
    const Text ours = read_by_us(html), theirs = read_by_libxml2(html);
    const nlohmann::json line{{"file", name},
                              {"visible", ours.visible},
                              {"hidden", ours.hidden},
                              {"tree_visible", theirs.visible},
                              {"tree_hidden", theirs.hidden}};
    std::cout << line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) << '\n';
  }
}
