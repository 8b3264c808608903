// The settings table as text: what a value must be, and the whole table as a commented TOML file.

#include "config/settings.h"
#include "config/units.h"

namespace sekisho::config {
namespace {

std::string range_text(const Setting& setting, std::string (*unit)(double)) {
  return " from " + unit(setting.min) + " to " + unit(setting.max);
}

std::string number(double value) {
  const auto whole = static_cast<int64_t>(value);
  if (static_cast<double>(whole) == value) return std::to_string(whole);
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}
std::string size(double value) { return size_text(static_cast<uint64_t>(value)); }
std::string duration(double value) {
  return duration_text(std::chrono::seconds(static_cast<int64_t>(value)));
}

std::string choices_text(std::string_view choices) {
  std::string text = "one of \"";
  for (const char c : choices) text += c == '|' ? std::string("\", \"") : std::string(1, c);
  return text + "\"";
}

std::string heading(const Section& section) {
  const std::string name(section.name);
  switch (section.form) {
    case SectionForm::kTop:
    case SectionForm::kInner:
      return "";
    case SectionForm::kTable:
      return "[" + name + "]\n";
    case SectionForm::kList:
      return "[[" + name + "]]\n";
    case SectionForm::kNamed:
      return "[" + name + ".NAME]\n";
  }
  return "";
}

std::string row_text(const Setting& setting) {
  std::string text = "# " + std::string(setting.doc) + "\n# Value: " + expected_text(setting);
  text += setting.required ? "; required.\n" : ".\n";
  // What has no default is shown as a comment, so that the text stays a valid file.
  if (setting.default_text.empty()) return text + "#" + std::string(setting.key) + " =\n";
  return text + "#" + std::string(setting.key) + " = " + setting.default_text + "\n";
}

}  // namespace

std::string expected_text(const Setting& setting) {
  switch (setting.type) {
    case SettingType::kText:
      return "a text";
    case SettingType::kTextList:
      return "a list of texts like [\"a\", \"b\"]";
    case SettingType::kFlag:
      return "true or false";
    case SettingType::kNumber:
      return "a whole number" + range_text(setting, number);
    case SettingType::kDecimal:
      return "a number" + range_text(setting, number);
    case SettingType::kSize:
      return "a size like \"10 MB\"" + range_text(setting, size);
    case SettingType::kDuration:
      return "a duration like \"30s\" or \"5m\"" + range_text(setting, duration);
    case SettingType::kChoice:
      return choices_text(setting.choices);
    case SettingType::kCharacter:
      return "a text of one character";
    case SettingType::kPath:
      return "a path; a relative one starts at the folder of this file";
    case SettingType::kPathList:
      return "a list of paths; relative ones start at the folder of this file";
    case SettingType::kMailboxes:
      return "a list of names like [\"alice\"] or a table like {alice = {}}";
    case SettingType::kAliases:
      return "a table like {sales = [\"alice\", \"hanako\"]}";
  }
  return "";
}

std::string reference() {
  std::string text;
  for (const Section& section : sections()) {
    if (!text.empty()) text += "\n";
    text += "# " + std::string(section.doc) + "\n" + heading(section);
    for (const Setting& setting : settings())
      if (setting.section == section.name) text += "\n" + row_text(setting);
  }
  return text;
}

}  // namespace sekisho::config
