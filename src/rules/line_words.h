// rules/line_words.h: the words of a line of a rule file.

#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sekisho::rules {

// The first word; `text` is what stands behind it, without blanks around it.
inline std::string_view take_word(std::string_view& text) {
  text = trim(text);
  size_t end = 0;
  while (end < text.size() && !is_space(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

}  // namespace sekisho::rules
