#include "rules/rule.h"

namespace sekisho::rules {

const std::string& Rule::description(const std::string& language) const {
  static const std::string kNone;
  for (const std::string& wanted : {language, std::string()})
    if (const auto found = descriptions.find(wanted); found != descriptions.end())
      return found->second;
  return kNone;
}

}  // namespace sekisho::rules
