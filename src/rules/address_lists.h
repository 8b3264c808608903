// rules/address_lists.h: `welcomelist_from`, `blocklist_to`, `enlist_addrlist (NAME)` …: addresses
// with `*` and `?`, by the name of their list.
//
// The old names (whitelist_…, blacklist_…) are the same lists; `un…` takes out what was written in
// the same way before. A rule asks for a list by an eval test: eval:check_from_in_welcomelist(),
// eval:check_from_in_list('NAME') …; where nobody defines one for a list of SpamAssassin's that has
// entries, kListRules do. Senders are the addresses of From, Sender's kin and the envelope;
// recipients those that the header names: the envelope's would tell one recipient of another.

#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/regex_text.h"

namespace sekisho::rules {

struct ListTest {
  std::string list;
  std::string_view target;  // as parse_header_target() takes it
};

// What `NAME('ARGUMENT')` asks for; nothing where it is no test of an address list.
std::optional<ListTest> find_list_test(std::string_view function, std::string_view argument);

struct ListRule {
  std::string_view name, old_name, list, function, description;
  double score;
};
extern const std::array<ListRule, 6> kListRules;

class AddressLists {
 public:
  // A line of the language; false where `keyword` is none of ours. `why` then is empty, or says
  // what is wrong with the line.
  bool read(std::string_view keyword, std::string_view rest, std::string& why);
  const std::vector<std::string>& addresses(const std::string& list) const;

 private:
  std::map<std::string, std::vector<std::string>> lists_;
};

// Matches a line that is such an address.
RegexText address_regex(std::string_view address);

}  // namespace sekisho::rules
