// rules/header_target.h: the texts that `header` rules look at, and which fields feed them.
//
// A target is a header name as a rule spells it: `Subject`, `From:addr`, `Received:raw`, `ALL`,
// `ToCc`, `MESSAGEID`, `EnvelopeFrom`. Names don't depend on case. All fields of a name make one
// text, each value ended by "\n".

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/pattern_set.h"

namespace sekisho::rules {

struct HeaderTarget {
  enum class View { kDecoded, kRaw, kAddress, kName };
  enum class Source { kFields, kAll, kEnvelopeFrom };

  std::string name;            // lower case
  bool with_envelope = false;  // its sender is one of the addresses
  View view = View::kDecoded;
  Source source = Source::kFields;
  std::vector<std::string> fields;  // lower case; for kFields
  PatternSet patterns;
  std::vector<uint32_t> rules;         // every pattern rule of this target
  std::vector<uint32_t> exists_rules;  // `exists:NAME`
};

// The addresses of address_lists.h; no rule can spell them.
inline constexpr std::string_view kSenders = " senders";
inline constexpr std::string_view kRecipients = " recipients";

// Whether it is a pseudo header of the language that we don't make.
bool is_relay_header(std::string_view name);

// What a name in a rule stands for; with the reason in `why` where it stands for nothing we have.
std::optional<HeaderTarget> parse_header_target(std::string_view name, std::string& why);

class HeaderTargets {
 public:
  HeaderTargets() = default;
  explicit HeaderTargets(std::vector<HeaderTarget> targets);

  size_t size() const { return targets_.size(); }
  const HeaderTarget& operator[](size_t i) const { return targets_[i]; }
  // Positions of the targets that a field of this name feeds; kAll targets aren't among them.
  struct Route {
    std::string field;
    size_t target;
  };
  std::pair<const Route*, const Route*> routes(std::string_view field_name) const;

 private:
  std::vector<HeaderTarget> targets_;
  std::vector<Route> routes_;  // sorted by field
};

}  // namespace sekisho::rules
