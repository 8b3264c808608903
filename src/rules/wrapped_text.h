// rules/wrapped_text.h: Japanese and Chinese words that a line end or a blank parts.
//
// These scripts have no blanks between words: what stands in two lines, or letter by letter, is
// read as one word.  Korean has blanks and is left alone.
//
// Pure.  Broken input: bytes that aren't UTF-8 are kept.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::rules {

// Whether a single space stands between two such characters.
bool has_wrap(std::string_view utf8);

// Takes those spaces out.
void join_wraps(std::string& utf8);

}  // namespace sekisho::rules
