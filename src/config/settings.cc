#include "config/settings.h"

#include "config/settings_table.h"
#include "config/units.h"
#include "config/wording.h"

namespace sekisho::config {
namespace {

template <typename List>
std::string list_text(const List& list) {
  std::string text = "[";
  for (const auto& item : list) {
    if (text.size() > 1) text += ", ";
    text += in_quotes(std::string(item));
  }
  return text + "]";
}

std::string_view nth_choice(std::string_view choices, size_t index) {
  for (; index > 0; --index) choices.remove_prefix(choices.find('|') + 1);
  return choices.substr(0, choices.find('|'));
}

std::string decimal_text(double value) {
  std::string text = std::to_string(value);
  while (text.back() == '0' && text[text.size() - 2] != '.') text.pop_back();
  return text;
}

// The value in a slot as TOML.
struct SlotText {
  const Setting& setting;

  std::string count(uint64_t value) const {
    return setting.type == SettingType::kSize ? in_quotes(size_text(value)) : std::to_string(value);
  }
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const size_t* value) const { return count(*value); }
  std::string operator()(const unsigned* value) const { return count(*value); }
  std::string operator()(const double* value) const { return decimal_text(*value); }
  std::string operator()(const std::string* value) const {
    return value->empty() ? "" : in_quotes(*value);
  }
  std::string operator()(const std::optional<std::string>* value) const {
    return *value ? in_quotes(**value) : "";
  }
  std::string operator()(const std::optional<char>* value) const {
    return *value ? in_quotes(std::string(1, **value)) : in_quotes("");
  }
  std::string operator()(const std::optional<uint64_t>* value) const {
    return *value ? count(**value) : "";
  }
  std::string operator()(const std::vector<std::string>* value) const { return list_text(*value); }
  std::string operator()(const std::chrono::seconds* value) const {
    return in_quotes(duration_text(*value));
  }
  std::string operator()(const std::filesystem::path* value) const {
    return value->empty() ? "" : in_quotes(value->string());
  }
  std::string operator()(const std::vector<std::filesystem::path>* value) const {
    return list_text(*value);
  }
  std::string operator()(const ChoiceSlot& slot) const {
    const size_t index = slot.load(slot.at);
    return index == kNoChoice ? "" : in_quotes(nth_choice(setting.choices, index));
  }
};

// The defaults stand once, in config.h: they are read from values that nobody has set.
std::vector<Setting> with_defaults(std::vector<Setting> rows) {
  Config config;
  Listener listener;
  Plan plan;
  NextHop next_hop;
  Domain domain;
  Mailbox mailbox;
  SettingTarget unset{&config, &listener, &plan, &next_hop, &domain, &mailbox};
  for (Setting& row : rows)
    if (!row.required) row.default_text = std::visit(SlotText{row}, row.slot(unset));
  return rows;
}

constexpr Section kSections[] = {
    {"", SectionForm::kTop, "The top of the file, before any section."},
    {"server", SectionForm::kTable, "The server as a whole."},
    {"listener", SectionForm::kList, "A port to listen on; one section each."},
    {"smtp", SectionForm::kTable, "Limits and time-outs towards senders."},
    {"spool", SectionForm::kTable, "Messages on their way."},
    {"quarantine", SectionForm::kTable, "Messages kept back."},
    {"inspect", SectionForm::kTable, "Inspecting processes, rules and signatures."},
    {"plan", SectionForm::kNamed, "What a customer has bought; standard is always there."},
    {"next_hop", SectionForm::kNamed, "Where mail is handed on to; domains use store by default."},
    {"domain", SectionForm::kList, "A hosted domain; here, or as a file in the domains folder."},
    {"mailbox", SectionForm::kInner,
     "Settings of one mailbox, in the table mailboxes of a domain."},
};

}  // namespace

std::span<const Setting> settings() {
  static const std::vector<Setting> rows = with_defaults(settings_table());
  return rows;
}

std::span<const Section> sections() { return kSections; }

const Setting* find_setting(std::string_view section, std::string_view key) {
  for (const Setting& row : settings())
    if (row.section == section && row.key == key) return &row;
  return nullptr;
}

}  // namespace sekisho::config
