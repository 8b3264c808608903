// rules/rule.h: one rule, as it is parsed and as it runs.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/meta_program.h"
#include "rules/regex_text.h"

namespace sekisho::rules {

// Those that look at a text come first: a RuleSet has a PatternSet for each of them.
enum class RuleKind {
  kBody,
  kVisible,  // ours: the text that a reader sees
  kHidden,   // ours: the text of HTML that nobody sees
  kRawbody,
  kFull,
  kUri,
  kAttachment,  // ours: each file, "NAME\tTYPE"
  kDefect,      // ours: the name of each defect
  kHeader,
  kHeaderExists,
  kAddressList,
  kMimeHeader,  // of any part
  kMimeHeaderExists,
  kMeta
};
inline constexpr size_t kTextKinds = static_cast<size_t>(RuleKind::kHeader);

struct Rule {
  std::string name;
  RuleKind kind = RuleKind::kBody;
  std::string file;
  unsigned line = 0;

  RegexText regex;
  std::string header;                   // "From:addr", "ALL", …: as the rule spells it
  std::string list;                     // kAddressList
  bool negated = false;                 // !~
  std::optional<std::string> if_unset;  // what the pattern sees where the header is absent
  bool hits_when_absent = false;        // worked out at load time
  MetaProgram meta;

  double score = 1.0;
  bool multiple = false;  // counts each match, not each message
  uint32_t hits_max = UINT32_MAX;
  bool nice = false;                                // means to lower the score
  bool nosubject = false;                           // a body rule that doesn't look at the Subject
  std::map<std::string, std::string> descriptions;  // by language; "" is English

  bool has_header() const { return kind >= RuleKind::kHeader && kind < RuleKind::kMeta; }
  bool has_regex() const {
    return kind != RuleKind::kHeaderExists && kind != RuleKind::kMimeHeaderExists &&
           kind != RuleKind::kAddressList && kind != RuleKind::kMeta;
  }
  bool is_mime_header() const {
    return kind == RuleKind::kMimeHeader || kind == RuleKind::kMimeHeaderExists;
  }
  bool is_sub_rule() const { return name.starts_with("__"); }
  // In `language` where there is one, else in English, else empty.
  const std::string& description(const std::string& language = {}) const;
};

// A `test RULE ok|fail TEXT` line: what the rule must or must not hit.
struct Sample {
  std::string rule;
  bool hits = false;
  std::string text;
  std::string file;
  unsigned line = 0;
};

}  // namespace sekisho::rules
