// rules/rule_parser.h: the lines of rule files.
//
//   RuleParser parser(errors);
//   parser.read(file_name, text);  …  parser.definitions()
// Understands header, mimeheader, body, rawbody, full, uri, visible, hidden, attachment, defect,
// meta, score, describe, lang … describe, tflags, test, replace_…, if, ifplugin, else, endif,
// include and require_version.
// `#` begins a comment unless a backslash stands before it, in regular expressions too. What isn't
// understood is reported, once for each construct. Patterns aren't compiled here.
//
// Memory: as much as the rules.  Broken input: each bad line is one RuleError; parsing goes on
// behind it.

#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/address_lists.h"
#include "rules/condition.h"
#include "rules/replace_tags.h"
#include "rules/rule.h"
#include "rules/rule_error.h"
#include "rules/unsupported_list.h"

namespace sekisho::rules {

class RuleParser {
 public:
  static constexpr size_t kIncludesDeepMax = 8;
  using Reader = std::function<Result<std::string>(const std::string& path)>;

  // `read_file` is what `include` reads with; without it there are no included files.
  explicit RuleParser(std::vector<RuleError>& errors, Reader read_file = {})
      : errors_(errors), read_file_(std::move(read_file)) {}

  void read(const std::string& file, std::string_view text);

  // What stands apart from a rule's definition and may come before or behind it.
  struct Setting {
    std::string file;
    unsigned line = 0;
    std::optional<double> score;
    bool multiple = false, nice = false, nosubject = false;
    uint32_t hits_max = UINT32_MAX;
    std::map<std::string, std::string> descriptions;
  };
  struct Definitions {
    std::map<std::string, Rule> rules;
    std::map<std::string, Setting> settings;
    std::vector<Sample> samples;
    std::set<std::string> absent;  // rules that stand in a file but need what isn't here
    ReplaceTags tags;
    AddressLists addresses;
    UnsupportedList unsupported;
  };
  Definitions& definitions() { return definitions_; }

 private:
  void read_lines(std::string_view text);
  void read_line(std::string_view line);
  bool read_block_word(std::string_view keyword, std::string_view rest);
  void read_if(std::string_view keyword, std::string_view rest);
  void read_include(std::string_view rest);
  void read_require_version(std::string_view rest);
  void leave_out(std::string_view keyword, std::string_view rest);
  void dispatch(std::string_view keyword, std::string_view rest);
  void read_pattern(RuleKind kind, std::string_view rest);
  void read_header(RuleKind kind, std::string_view rest);
  void read_eval(std::string name, std::string_view call);
  void leave_out_rule(const std::string& name, const std::string& why);
  void read_unknown(std::string_view keyword, std::string_view rest);
  bool read_header_pattern(std::string_view rest, Rule& rule);
  void read_meta(std::string_view rest);
  void read_score(std::string_view rest);
  void read_describe(std::string_view rest, const std::string& language);
  void read_lang(std::string_view rest);
  void read_tflags(std::string_view rest);
  void read_flag(std::string_view flag, Setting& setting);
  void read_test(std::string_view rest);

  bool read_name(std::string_view& rest, std::string& name);
  Rule rule_here(std::string name, RuleKind kind) const;
  Setting& setting_of(const std::string& name);
  void fail(std::string what);
  void warn(std::string what);
  void note_unsupported(const std::string& what);

  std::vector<RuleError>& errors_;
  Reader read_file_;
  Definitions definitions_;
  std::string file_;
  unsigned line_ = 0;
  ConditionBlocks blocks_;  // of this file
  bool file_ends_ = false;  // at a require_version that isn't met
  size_t includes_open_ = 0;
};

}  // namespace sekisho::rules
