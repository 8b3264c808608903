// Rule files of any bytes: each line loads or is reported, and the set that results matches without
// harm.
//
// The text is rules up to a line "%%", behind it the message that is matched. Loading again gives
// the same set; matching gives the same hits in one chunk and in chunks of three bytes.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rules/address_lists.h"
#include "rules/matcher.h"
#include "rules/sample_run.h"

namespace {

using sekisho::rules::Hit;
using sekisho::rules::Matcher;
using sekisho::rules::RuleError;
using sekisho::rules::RuleSet;
using sekisho::rules::Sample;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string hits(const RuleSet& rules, Matcher& matcher, std::string_view message, size_t chunk) {
  matcher.begin();
  matcher.envelope("a@example.com", {}, {});
  matcher.header("Subject", message.substr(0, 100), message.substr(0, 100));
  matcher.header("From", message, message);
  matcher.headers_end();
  matcher.part_begin();
  for (std::string_view rest = message; !rest.empty();) {
    const std::string_view now = rest.substr(0, chunk);
    matcher.body(now);
    matcher.rawbody(now);
    matcher.full(now);
    rest.remove_prefix(now.size());
  }
  matcher.part_end();
  std::string names;
  for (const Hit& hit : matcher.finish()) {
    require(rules.find(hit.rule) != nullptr);
    names.append(hit.rule).append(" ");
  }
  return names;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (size > 20000) return 0;  // compiling is what takes the time
  const size_t cut = std::min(text.find("\n%%\n"), text.size());
  const std::string_view message = text.substr(std::min(cut + 4, text.size()));

  std::vector<RuleError> errors;
  const auto rules = RuleSet::parse({{"fuzz.cf", std::string(text.substr(0, cut))}}, errors);
  require(rules != nullptr);
  const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const RuleError& error : errors) require(error.line >= 1 && error.line <= lines);
  require(rules->size() <= lines + 2 * sekisho::rules::kListRules.size());
  require(rules->patterns() <= rules->size() * size);  // an address list has many

  Matcher matcher(*rules);
  const std::string whole = hits(*rules, matcher, message, SIZE_MAX);
  require(hits(*rules, matcher, message, 3) == whole);
  for (const Sample& sample : rules->samples())
    sekisho::rules::play_sample(*rules, sample, matcher);
  return 0;
}
