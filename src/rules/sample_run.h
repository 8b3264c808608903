// rules/sample_run.h: play the `test RULE ok|fail TEXT` lines of rule files.
//
//   for (const Sample& s : rules.samples()) { play_sample(rules, s, m);  m.value(s.rule) != 0 … }
// What TEXT is depends on the rule: for `body` a paragraph, for `rawbody` a part, for `header NAME`
// the field's value, still encoded; for `attachment` `NAME\tTYPE`, for `defect` a name. For
// `full`, `meta`, `exists:` and `header ALL` it is a whole message. In all but `body` and `header
// NAME`, `\n` `\r` `\t` `\\` stand for what they stand for in C.
//
// Process: rule laboratory and tests.

#pragma once

#include <string_view>

#include "rules/matcher.h"

namespace sekisho::rules {

// Texts are fed in chunks of `chunk_bytes`. Leaves the matcher finished.
void play_sample(const RuleSet& rules, const Sample& sample, Matcher& matcher,
                 size_t chunk_bytes = SIZE_MAX);

}  // namespace sekisho::rules
