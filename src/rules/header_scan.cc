#include "rules/header_scan.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/encoded_word.h"
#include "rules/address_text.h"

namespace sekisho::rules {
namespace {

// SpamAssassin's raw values have bare LF line ends, whatever the message has.
void append_without_cr(std::string_view raw, std::string& out) {
  for (const char c : raw)
    if (c != '\r') out.push_back(c);
}

}  // namespace

HeaderScan::HeaderScan(const RuleSet& rules, const HeaderTargets& targets, ScanContext& context)
    : rules_(rules), targets_(targets) {
  texts_.reserve(targets.size());
  for (size_t i = 0; i < targets.size(); ++i) texts_.emplace_back(targets[i].patterns, context);
  if (targets.size() > 0) text_.reserve(kKeptBytes);
}

void HeaderScan::clear() {
  for (TextScan& text : texts_) text.clear();
}

void HeaderScan::feed_envelope(std::string_view sender) {
  for (size_t i = 0; i < texts_.size(); ++i)
    if (targets_[i].source == HeaderTarget::Source::kEnvelopeFrom || targets_[i].with_envelope)
      feed_field(i, sender, sender);
}

bool HeaderScan::reads(std::string_view name) const {
  const auto [first, last] = targets_.routes(name);
  return first != last;
}

void HeaderScan::feed(std::string_view name, std::string_view raw, std::string_view decoded) {
  const auto [first, last] = targets_.routes(name);
  for (auto route = first; route != last; ++route) feed_field(route->target, raw, decoded);
  for (size_t i = 0; i < texts_.size(); ++i)
    if (targets_[i].source == HeaderTarget::Source::kAll) feed_all(i, name, raw);
}

void HeaderScan::feed_field(size_t target, std::string_view raw, std::string_view decoded) {
  text_.clear();
  const auto view = targets_[target].view;
  std::string without_raw_bytes;
  if (view != HeaderTarget::View::kRaw && codec::has_raw_bytes(raw)) {
    without_raw_bytes = codec::decode_raw_bytes(raw);
    raw = without_raw_bytes;
  }
  switch (view) {
    case HeaderTarget::View::kDecoded:
      text_.append(trim(decoded)).push_back('\n');
      break;
    case HeaderTarget::View::kRaw:
      append_without_cr(raw, text_);
      text_.push_back('\n');
      break;
    case HeaderTarget::View::kAddress:
      append_address_parts(raw, AddressPart::kAddress, text_);
      break;
    case HeaderTarget::View::kName:
      append_address_parts(raw, AddressPart::kName, text_);
      if (text_.find("=?") != std::string::npos) decode_names();
      break;
  }
  if (!text_.empty()) texts_[target].feed(text_);
}

// Line by line: white space between encoded words goes, and a line end is what separates two names.
void HeaderScan::decode_names() {
  const std::string names = text_;
  text_.clear();
  for (std::string_view rest = names; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    text_.append(codec::decode_encoded_words(rest.substr(0, end))).push_back('\n');
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void HeaderScan::feed_all(size_t target, std::string_view name, std::string_view raw) {
  text_.clear();
  text_.append(name).push_back(':');
  append_without_cr(raw, text_);
  text_.push_back('\n');
  texts_[target].feed(text_);
}

void HeaderScan::end_header(std::span<uint32_t> counts) {
  for (size_t i = 0; i < texts_.size(); ++i) {
    const bool present = texts_[i].present();
    texts_[i].finish(counts);
    if (present)
      for (const uint32_t rule : targets_[i].exists_rules) counts[rule] = 1;
    else
      count_absent(targets_[i], counts);
  }
}

// What `[if-unset: TEXT]` says was matched at load time.
void HeaderScan::count_absent(const HeaderTarget& target, std::span<uint32_t> counts) const {
  for (const uint32_t index : target.rules) {
    const Rule& rule = rules_.rules()[index];
    if (rule.hits_when_absent == rule.negated) continue;
    if (counts[index] == 0 || (rule.multiple && counts[index] < rule.hits_max)) ++counts[index];
  }
}

void HeaderScan::turn_negated(std::span<uint32_t> counts) const {
  for (size_t i = 0; i < targets_.size(); ++i)
    for (const uint32_t index : targets_[i].rules)
      if (rules_.rules()[index].negated) counts[index] = counts[index] == 0;
}

}  // namespace sekisho::rules
