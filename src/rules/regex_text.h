// rules/regex_text.h: a regular expression as a rule file spells it.
//
// `/re/ims`, `m{re}x`, `m!re!`: Perl's quoting with any delimiter, brackets in pairs. Modifiers are
// i, m, s and x. The expression matches bytes, as in SpamAssassin.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::rules {

struct RegexText {
  std::string pattern;
  bool caseless = false;
  bool dotall = false;
  bool multiline = false;
  bool extended = false;
};

constexpr size_t kPatternBytesMax = 16000;  // Hyperscan's limit, too

// Reads one expression from the start of `text`. `rest` is what follows its modifiers. False, with
// the reason in `why`, where there is none.
bool parse_regex_text(std::string_view text, RegexText& regex, std::string_view& rest,
                      std::string& why);

}  // namespace sekisho::rules
