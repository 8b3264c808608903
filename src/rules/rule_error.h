// rules/rule_error.h: what is wrong in a rule file, and where.
//
// Nothing in a rule file is dropped silently: a line that isn't understood, a pattern that can't be
// compiled and a rule that refers to nothing each give one RuleError. The other rules load all the
// same.

#pragma once

#include <string>
#include <vector>

namespace sekisho::rules {

struct RuleError {
  // kError: the rule or setting on this line has no effect. kWarning: what the line says has less
  // effect than its author will expect. kUnsupported: a part of the language that isn't there, once
  // for all the lines that need it.
  enum class Kind { kError, kWarning, kUnsupported };

  std::string file;
  unsigned line = 0;  // 1 is the first; 0 is the file itself
  std::string what;
  Kind kind = Kind::kError;

  std::string text() const {  // "file:line: what"
    return file + ":" + std::to_string(line) + ": " + what;
  }
};

}  // namespace sekisho::rules
