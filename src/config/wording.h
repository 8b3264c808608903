// config/wording.h: how a mistake is told: the value in quotes, and the known word it was meant to
// be.
//
// Memory: three rows of counts, as long as the word.  Broken input: no suggestion.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::config {

std::string in_quotes(std::string_view text);

// The nearest of `known`, where few enough letters differ for it to be a slip of the hand.
std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view>& known);

// "did you mean NAME?", else "there are: A, B, C", else "none is defined".
std::string suggestion_text(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace sekisho::config
