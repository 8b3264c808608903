#include "rules/address_lists.h"

#include <algorithm>

#include "base/bytes.h"
#include "rules/header_target.h"
#include "rules/line_words.h"

namespace sekisho::rules {
namespace {

// whitelist → welcomelist, blacklist → blocklist.
std::string new_name(std::string_view old) {
  std::string name(old);
  if (const size_t at = name.find("whitelist"); at != name.npos) name.replace(at, 9, "welcomelist");
  if (const size_t at = name.find("blacklist"); at != name.npos) name.replace(at, 9, "blocklist");
  return name;
}

bool is_list(std::string_view name) {
  return std::any_of(kListRules.begin(), kListRules.end(),
                     [&](const ListRule& rule) { return rule.list == name; });
}

// "(NAME) …": the name, and `rest` behind it.
std::string take_list_name(std::string_view& rest) {
  const size_t close = rest.find(')');
  if (!rest.starts_with('(') || close == rest.npos) return {};
  std::string name(trim(rest.substr(1, close - 1)));
  rest = trim(rest.substr(close + 1));
  return name;
}

}  // namespace

const std::array<ListRule, 6> kListRules = {{
    {"USER_IN_WELCOMELIST", "USER_IN_WHITELIST", "welcomelist_from", "check_from_in_welcomelist",
     "The sender is on the welcome list", -100},
    {"USER_IN_BLOCKLIST", "USER_IN_BLACKLIST", "blocklist_from", "check_from_in_blocklist",
     "The sender is on the block list", 100},
    {"USER_IN_WELCOMELIST_TO", "USER_IN_WHITELIST_TO", "welcomelist_to", "check_to_in_welcomelist",
     "A recipient is in welcomelist_to", -6},
    {"USER_IN_BLOCKLIST_TO", "USER_IN_BLACKLIST_TO", "blocklist_to", "check_to_in_blocklist",
     "A recipient is in blocklist_to", 10},
    {"USER_IN_MORE_SPAM_TO",
     {},
     "more_spam_to",
     "check_to_in_more_spam",
     "A recipient is in more_spam_to",
     -20},
    {"USER_IN_ALL_SPAM_TO",
     {},
     "all_spam_to",
     "check_to_in_all_spam",
     "A recipient is in all_spam_to",
     -100},
}};

std::optional<ListTest> find_list_test(std::string_view function, std::string_view argument) {
  if (function == "check_from_in_list") return ListTest{std::string(argument), kSenders};
  if (function == "check_to_in_list") return ListTest{std::string(argument), kRecipients};
  if (function == "check_replyto_in_list") return ListTest{std::string(argument), "Reply-To:addr"};
  const std::string name = new_name(function);
  for (const ListRule& rule : kListRules)
    if (rule.function == name)
      return ListTest{std::string(rule.list),
                      function.starts_with("check_from_") ? kSenders : kRecipients};
  return std::nullopt;
}

bool AddressLists::read(std::string_view keyword, std::string_view rest, std::string& why) {
  const bool takes_out = keyword.starts_with("un");
  std::string name = new_name(takes_out ? keyword.substr(2) : keyword);
  if (keyword == "enlist_addrlist") {
    name = take_list_name(rest);
    if (name.empty()) why = "'enlist_addrlist' needs the name of its list: (NAME)";
  } else if (!is_list(name)) {
    return false;
  }
  if (why.empty() && rest.empty()) why = "addresses are missing";
  std::vector<std::string>& list = lists_[name];
  while (why.empty() && !rest.empty()) {
    std::string address = to_lower(take_word(rest));
    if (takes_out) {
      std::erase(list, address);
    } else {
      list.push_back(std::move(address));
    }
  }
  return true;
}

const std::vector<std::string>& AddressLists::addresses(const std::string& list) const {
  static const std::vector<std::string> kNone;
  const auto found = lists_.find(list);
  return found == lists_.end() ? kNone : found->second;
}

RegexText address_regex(std::string_view address) {
  RegexText regex;
  regex.caseless = regex.multiline = true;
  regex.pattern = "^";
  for (const char c : address) {
    const bool is_plain =
        is_alpha(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) > 127;
    if (c == '*' || c == '?') {
      regex.pattern += c == '*' ? "[^\\n]*" : "[^\\n]";
    } else {
      if (!is_plain) regex.pattern += '\\';
      regex.pattern += c;
    }
  }
  regex.pattern += '$';
  return regex;
}

}  // namespace sekisho::rules
