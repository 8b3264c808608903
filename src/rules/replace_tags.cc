#include "rules/replace_tags.h"

#include <algorithm>

#include "base/bytes.h"
#include "rules/line_words.h"
#include "rules/regex_text.h"

namespace sekisho::rules {

bool ReplaceTags::read(std::string_view keyword, std::string_view rest, std::string& why) {
  if (!keyword.starts_with("replace_")) return false;
  keyword.remove_prefix(8);
  Words* const words = keyword == "tag"     ? &tags_
                       : keyword == "pre"   ? &pre_
                       : keyword == "inter" ? &inter_
                       : keyword == "post"  ? &post_
                                            : nullptr;
  if (words == nullptr && keyword != "rules" && keyword != "start" && keyword != "end")
    return false;
  if (rest.empty()) {
    why = "'replace_" + std::string(keyword) + "' needs something behind it";
  } else if (words != nullptr) {
    const std::string_view name = take_word(rest);
    (*words)[std::string(name)] = rest;
  } else if (keyword == "rules") {
    while (!rest.empty()) rules_.emplace(take_word(rest));
  } else {
    (keyword == "start" ? start_ : end_) = rest;
  }
  return true;
}

// The name between start and end where a tag stands at 0; else empty.
std::string_view ReplaceTags::tag_at(std::string_view pattern) const {
  if (!pattern.starts_with(start_)) return {};
  const size_t close = pattern.find(end_, start_.size());
  if (close == pattern.npos) return {};
  const std::string_view name = pattern.substr(start_.size(), close - start_.size());
  return tags_.contains(name) ? name : std::string_view();
}

// `<inter NAME>` goes out of the pattern; what NAME says is left in `found`.
void ReplaceTags::take_one(std::string& pattern, std::string_view which, const Words& words,
                           std::string& found) const {
  const std::string opening = start_ + std::string(which) + " ";
  const size_t at = pattern.find(opening);
  if (at == pattern.npos) return;
  const size_t close = pattern.find(end_, at);
  if (close == pattern.npos) return;
  const size_t name_at = at + opening.size();
  if (const auto word =
          words.find(trim(std::string_view(pattern).substr(name_at, close - name_at)));
      word != words.end())
    found = word->second;
  pattern.erase(at, close + end_.size() - at);
}

ReplaceTags::Around ReplaceTags::take_around(std::string& pattern) const {
  Around around;
  take_one(pattern, "pre", pre_, around.pre);
  take_one(pattern, "inter", inter_, around.inter);
  take_one(pattern, "post", post_, around.post);
  return around;
}

// False where there was nothing to replace.
bool ReplaceTags::replace_once(std::string& pattern, const Around& around) const {
  std::string out;
  bool any = false, touches = false;
  for (std::string_view rest = pattern; !rest.empty() && out.size() <= kPatternBytesMax;) {
    const std::string_view name = tag_at(rest);
    if (name.empty()) {
      out.push_back(rest.front());
      rest.remove_prefix(1);
      touches = false;
      continue;
    }
    if (touches) out += around.inter;
    out.append(around.pre).append(tags_.find(name)->second).append(around.post);
    rest.remove_prefix(start_.size() + name.size() + end_.size());
    any = touches = true;
  }
  pattern = std::move(out);
  return any;
}

bool ReplaceTags::replace(std::string& pattern, std::string& why) const {
  bool more = replace_once(pattern, take_around(pattern));
  for (size_t deep = 0; more && deep < kNestedMax; ++deep) more = replace_once(pattern, {});
  if (more && pattern.size() <= kPatternBytesMax)
    why = "its tags are nested more than " + std::to_string(kNestedMax) + " deep";
  return why.empty();
}

}  // namespace sekisho::rules
