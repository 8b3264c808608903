// rules/rule_parser.h: the lines of rule files.
//
//   RuleParser parser(errors);
//   parser.read(file_name, text);  …  parser.definitions()
// Understands header, body, rawbody, full, uri, visible, hidden, attachment, defect, meta, score,
// describe, lang … describe, tflags and test.
// `#` begins a comment unless a backslash stands before it, in regular expressions too. Every other
// line is reported as a warning. Patterns aren't compiled here.
//
// Memory: as much as the rules.  Broken input: each bad line is one RuleError; parsing goes on
// behind it.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.h"
#include "rules/rule_error.h"

namespace sekisho::rules {

class RuleParser {
 public:
  explicit RuleParser(std::vector<RuleError>& errors) : errors_(errors) {}

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
  };
  Definitions& definitions() { return definitions_; }

 private:
  void read_line(std::string_view line);
  void dispatch(std::string_view keyword, std::string_view rest);
  void read_pattern(RuleKind kind, std::string_view rest);
  void read_header(std::string_view rest);
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

  std::vector<RuleError>& errors_;
  Definitions definitions_;
  std::string file_;
  unsigned line_ = 0;
};

}  // namespace sekisho::rules
