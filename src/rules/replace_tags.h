// rules/replace_tags.h: `<A>` in a regular expression stands for what `replace_tag A` says.
//
//   replace_tag A [a@]        replace_inter W1 \\W?
//   body R /<inter W1><B><A>/ replace_rules R        gives  (what B says)\\W?[a@]
// `<pre X>`, `<inter X>`, `<post X>` in an expression put what `replace_pre X` … say before each
// tag that is replaced, between two that touch, and behind each. Tags in tags are replaced too,
// without those three. A name that isn't defined stays as it is: `<br>` may be meant.

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace sekisho::rules {

class ReplaceTags {
 public:
  static constexpr size_t kNestedMax = 8;

  // A line of the language; false where `keyword` is none of ours. `why` then is empty, or says
  // what is wrong with the line.
  bool read(std::string_view keyword, std::string_view rest, std::string& why);
  const std::set<std::string>& rules() const { return rules_; }
  // The result is cut where it gets longer than kPatternBytesMax. False, with the reason, where it
  // has no end.
  bool replace(std::string& pattern, std::string& why) const;

 private:
  using Words = std::map<std::string, std::string, std::less<>>;
  struct Around {
    std::string pre, inter, post;
  };

  std::string_view tag_at(std::string_view pattern) const;
  Around take_around(std::string& pattern) const;
  void take_one(std::string& pattern, std::string_view which, const Words& words,
                std::string& found) const;
  bool replace_once(std::string& pattern, const Around& around) const;

  std::string start_ = "<", end_ = ">";
  Words tags_, pre_, inter_, post_;
  std::set<std::string> rules_;
};

}  // namespace sekisho::rules
