#include "rules/header_target.h"

#include <algorithm>

#include "base/bytes.h"

namespace sekisho::rules {
namespace {

bool less_ignore_case(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return ascii_lower(x) < ascii_lower(y);
  });
}

// RFC 5322 §2.2: printable ASCII but the colon.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c > 32 && c < 127 && c != ':'; });
}

bool set_view(std::string_view modifier, HeaderTarget& target) {
  if (modifier == "raw") {
    target.view = HeaderTarget::View::kRaw;
  } else if (modifier == "addr") {
    target.view = HeaderTarget::View::kAddress;
  } else if (modifier == "name") {
    target.view = HeaderTarget::View::kName;
  } else {
    return false;
  }
  return true;
}

// `From:addr:raw` is `From:addr`, as is `From:raw:addr`.
bool set_views(std::string_view modifiers, HeaderTarget& target, std::string& why) {
  while (!modifiers.empty()) {
    const std::string_view one = modifiers.substr(0, modifiers.find(':'));
    const HeaderTarget::View before = target.view;
    if (!set_view(one, target)) {
      why = "unknown header modifier :" + std::string(one) + " (known: raw addr name)";
      return false;
    }
    if (one == "raw" && before != HeaderTarget::View::kDecoded) target.view = before;
    modifiers.remove_prefix(std::min(one.size() + 1, modifiers.size()));
  }
  return true;
}

void set_source(const std::string& base, HeaderTarget& target) {
  if (base == "all") {
    target.source = HeaderTarget::Source::kAll;
  } else if (base == "envelopefrom") {
    target.source = HeaderTarget::Source::kEnvelopeFrom;
  } else if (base == kSenders) {
    target.view = HeaderTarget::View::kAddress;
    target.fields = {"from", "resent-from", "resent-sender", "envelope-sender", "x-envelope-from"};
    target.with_envelope = true;
  } else if (base == kRecipients) {
    target.view = HeaderTarget::View::kAddress;
    target.fields = {"to",
                     "cc",
                     "resent-to",
                     "resent-cc",
                     "apparently-to",
                     "delivered-to",
                     "x-envelope-to",
                     "envelope-to",
                     "x-delivered-to",
                     "x-original-to",
                     "x-rcpt-to",
                     "x-real-to"};
  } else if (base == "tocc") {
    target.fields = {"to", "cc"};
  } else if (base == "messageid") {
    target.fields = {"message-id", "resent-message-id", "x-message-id"};
  } else {
    target.fields = {base};
  }
}

}  // namespace

bool is_relay_header(std::string_view name) {
  const std::string base = to_lower(name.substr(0, name.find(':')));
  return base.starts_with("x-spam-relays-") || base == "all-trusted" || base == "all-untrusted" ||
         base == "all-internal" || base == "all-external";
}

std::optional<HeaderTarget> parse_header_target(std::string_view name, std::string& why) {
  HeaderTarget target;
  target.name = to_lower(name);
  std::string base = target.name;
  if (const size_t colon = base.find(':'); colon != std::string::npos) {
    if (!set_views(std::string_view(base).substr(colon + 1), target, why)) return std::nullopt;
    base.resize(colon);
  }
  if (is_relay_header(base)) {
    why = "the pseudo header " + std::string(name) + " isn't supported";
    return std::nullopt;
  }
  if (!is_field_name(base) && base != kSenders && base != kRecipients) {
    why = "not a header name: " + std::string(name);
    return std::nullopt;
  }
  set_source(base, target);
  if (target.source == HeaderTarget::Source::kAll && target.view != HeaderTarget::View::kRaw &&
      target.view != HeaderTarget::View::kDecoded) {
    why = "ALL has no addresses or names";
    return std::nullopt;
  }
  return target;
}

HeaderTargets::HeaderTargets(std::vector<HeaderTarget> targets) : targets_(std::move(targets)) {
  for (size_t i = 0; i < targets_.size(); ++i)
    for (const std::string& field : targets_[i].fields) routes_.push_back({field, i});
  std::sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) {
    return a.field != b.field ? a.field < b.field : a.target < b.target;
  });
}

std::pair<const HeaderTargets::Route*, const HeaderTargets::Route*> HeaderTargets::routes(
    std::string_view field_name) const {
  const auto first = std::lower_bound(
      routes_.begin(), routes_.end(), field_name,
      [](const Route& r, std::string_view n) { return less_ignore_case(r.field, n); });
  auto last = first;
  while (last != routes_.end() && equals_ignore_case(last->field, field_name)) ++last;
  return {routes_.data() + (first - routes_.begin()), routes_.data() + (last - routes_.begin())};
}

}  // namespace sekisho::rules
