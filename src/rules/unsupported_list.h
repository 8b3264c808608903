// rules/unsupported_list.h: what rule files ask for and isn't here, once for each construct.
//
// A rule set in wide use has thousands of lines for parts that a gateway without them can't read;
// one report for each construct, with its count and its first place, can be read.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "rules/rule_error.h"

namespace sekisho::rules {

class UnsupportedList {
 public:
  // `what` names the construct and what happens to lines that need it.
  void add(const std::string& what, const std::string& file, unsigned line) {
    Place& place = places_.try_emplace(what, Place{file, line}).first->second;
    ++place.times;
  }
  void report(std::vector<RuleError>& errors) const {
    for (const auto& [what, place] : places_)
      errors.push_back({place.file, place.line,
                        "not supported, " + std::to_string(place.times) +
                            (place.times == 1 ? " time: " : " times: ") + what,
                        RuleError::Kind::kUnsupported});
  }

 private:
  struct Place {
    std::string file;
    unsigned line;
    size_t times = 0;
  };
  std::map<std::string, Place> places_;
};

}  // namespace sekisho::rules
