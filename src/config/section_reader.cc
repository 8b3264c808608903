#include "config/section_reader.h"

#include <algorithm>
#include <optional>

#include "config/units.h"
#include "config/wording.h"

namespace sekisho::config {
namespace {

// What is wrong with a value ("50 is out of range"); nullopt: nothing, it is stored.
using Mistake = std::optional<std::string>;

std::string kind_of(const toml::node& node) {
  if (node.is_string()) return "a text";
  if (node.is_integer()) return "a whole number";
  if (node.is_floating_point()) return "a decimal number";
  if (node.is_boolean()) return "true or false";
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "a date or time";
}

std::string value_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return in_quotes(text->get());
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  return kind_of(node);
}

template <typename... Pointers, typename Value>
bool put_into(const Slot& slot, const Value& value) {
  const auto try_one = [&]<typename P>(P* const* at) {
    if (at == nullptr) return false;
    **at = static_cast<P>(value);
    return true;
  };
  return (try_one(std::get_if<Pointers>(&slot)) || ...);
}

Mistake wrong_type(const toml::node& node) { return kind_of(node) + " can't stand here"; }
Mistake out_of_range(const toml::node& node) { return value_text(node) + " is out of range"; }

Mistake checked_text(const Setting& setting, const std::string& text) {
  const std::string mistake = setting.mistake != nullptr ? setting.mistake(text) : "";
  if (mistake.empty()) return std::nullopt;
  return in_quotes(text) + " " + mistake;
}

class ValueReader {
 public:
  ValueReader(const Source& source, const Setting& setting, const Slot& slot)
      : source_(source), setting_(setting), slot_(slot) {}

  // The mistake with what to do, or nullopt.
  Mistake read(const toml::node& node) const {
    const Mistake mistake = read_value(node);
    if (!mistake) return std::nullopt;
    // The checks of texts say themselves what to do.
    if (mistake->find("; ") != std::string::npos) return mistake;
    return *mistake + "; write " + expected_text(setting_);
  }

 private:
  Mistake read_value(const toml::node& node) const {
    switch (setting_.type) {
      case SettingType::kText:
        return read_text(node);
      case SettingType::kTextList:
        return read_list(node);
      case SettingType::kFlag:
        return read_flag(node);
      case SettingType::kNumber:
        return read_number(node);
      case SettingType::kDecimal:
        return read_decimal(node);
      case SettingType::kSize:
        return read_size(node);
      case SettingType::kDuration:
        return read_duration(node);
      case SettingType::kChoice:
        return read_choice(node);
      case SettingType::kCharacter:
        return read_character(node);
      case SettingType::kPath:
        return read_path(node);
      case SettingType::kPathList:
        return read_path_list(node);
      case SettingType::kMailboxes:
      case SettingType::kAliases:
        break;  // domain_reader.cc
    }
    return std::nullopt;
  }

  Mistake read_text(const toml::node& node) const {
    const auto* text = node.as_string();
    if (text == nullptr) return wrong_type(node);
    if (const Mistake mistake = checked_text(setting_, text->get())) return mistake;
    put_into<std::string*, std::optional<std::string>*>(slot_, text->get());
    return std::nullopt;
  }

  Mistake read_list(const toml::node& node) const {
    const auto* array = node.as_array();
    if (array == nullptr) return wrong_type(node);
    if (setting_.max > 0 && static_cast<double>(array->size()) > setting_.max)
      return "a list of " + std::to_string(array->size()) + " is too long; write at most " +
             std::to_string(static_cast<size_t>(setting_.max));
    std::vector<std::string> texts;
    for (const toml::node& item : *array) {
      const auto* text = item.as_string();
      if (text == nullptr) return kind_of(item) + " can't stand in the list";
      if (const Mistake mistake = checked_text(setting_, text->get())) return mistake;
      texts.push_back(text->get());
    }
    put_into<std::vector<std::string>*>(slot_, texts);
    return std::nullopt;
  }

  Mistake read_flag(const toml::node& node) const {
    const auto* flag = node.as_boolean();
    if (flag == nullptr) return wrong_type(node);
    put_into<bool*>(slot_, flag->get());
    return std::nullopt;
  }

  bool in_range(double value) const { return value >= setting_.min && value <= setting_.max; }

  Mistake read_number(const toml::node& node) const {
    const auto* number = node.as_integer();
    if (number == nullptr) return wrong_type(node);
    if (!in_range(static_cast<double>(number->get()))) return out_of_range(node);
    put_into<size_t*, unsigned*>(slot_, number->get());
    return std::nullopt;
  }

  Mistake read_decimal(const toml::node& node) const {
    const std::optional<double> value = node.value<double>();
    if (!value || !node.is_number()) return wrong_type(node);
    if (!in_range(*value)) return value_text(node) + " is out of range";  // NaN as well
    put_into<double*>(slot_, *value);
    return std::nullopt;
  }

  Mistake read_size(const toml::node& node) const {
    std::optional<uint64_t> bytes;
    if (const auto* text = node.as_string()) {
      bytes = parse_size(text->get());
      if (!bytes) return value_text(node) + " is no size";
    } else if (const auto* number = node.as_integer()) {
      if (number->get() < 0) return out_of_range(node);
      bytes = static_cast<uint64_t>(number->get());
    } else {
      return wrong_type(node);
    }
    if (!in_range(static_cast<double>(*bytes))) return out_of_range(node);
    put_into<size_t*, std::optional<uint64_t>*>(slot_, *bytes);
    return std::nullopt;
  }

  Mistake read_duration(const toml::node& node) const {
    const auto* text = node.as_string();
    if (text == nullptr) return wrong_type(node);
    const std::optional<std::chrono::seconds> duration = parse_duration(text->get());
    if (!duration) return value_text(node) + " is no duration";
    if (!in_range(static_cast<double>(duration->count()))) return out_of_range(node);
    put_into<std::chrono::seconds*>(slot_, *duration);
    return std::nullopt;
  }

  Mistake read_choice(const toml::node& node) const {
    const auto* text = node.as_string();
    if (text == nullptr) return wrong_type(node);
    const ChoiceSlot& slot = std::get<ChoiceSlot>(slot_);
    std::string_view rest = setting_.choices;
    for (size_t index = 0;; ++index) {
      const size_t bar = rest.find('|');
      if (rest.substr(0, bar) == text->get()) {
        slot.store(slot.at, index);
        return std::nullopt;
      }
      if (bar == std::string_view::npos) return value_text(node) + " is unknown";
      rest.remove_prefix(bar + 1);
    }
  }

  Mistake read_character(const toml::node& node) const {
    const auto* text = node.as_string();
    if (text == nullptr) return wrong_type(node);
    if (const Mistake mistake = checked_text(setting_, text->get())) return mistake;
    put_into<std::optional<char>*>(
        slot_, text->get().empty() ? std::optional<char>() : std::optional<char>(text->get()[0]));
    return std::nullopt;
  }

  std::optional<std::filesystem::path> absolute(const toml::node& node) const {
    const auto* text = node.as_string();
    if (text == nullptr || text->get().empty() || text->get().find('\0') != std::string::npos)
      return std::nullopt;
    return absolute_path(source_, text->get());
  }

  Mistake read_path(const toml::node& node) const {
    const std::optional<std::filesystem::path> path = absolute(node);
    if (!path) return value_text(node) + " is no path";
    put_into<std::filesystem::path*>(slot_, *path);
    return std::nullopt;
  }

  Mistake read_path_list(const toml::node& node) const {
    const auto* array = node.as_array();
    if (array == nullptr) return wrong_type(node);
    std::vector<std::filesystem::path> paths;
    for (const toml::node& item : *array) {
      const std::optional<std::filesystem::path> path = absolute(item);
      if (!path) return value_text(item) + " is no path";
      paths.push_back(*path);
    }
    put_into<std::vector<std::filesystem::path>*>(slot_, paths);
    return std::nullopt;
  }

  const Source& source_;
  const Setting& setting_;
  const Slot& slot_;
};

// Where else a key would be right: "it belongs to [smtp]".
std::optional<std::string> other_section(std::string_view key) {
  for (const Setting& row : settings())
    if (row.key == key && !row.section.empty())
      return "it belongs to section " + std::string(row.section);
  return std::nullopt;
}

std::string unknown_key(std::string_view key, const std::vector<std::string_view>& known) {
  std::string text = "there is no such setting; ";
  if (const auto near = nearest(key, known))
    return text + "did you mean " + std::string(*near) + "?";
  if (const auto other = other_section(key)) return text + *other;
  return text + suggestion_text(key, known);
}

}  // namespace

std::string dotted(std::string_view where, std::string_view key) {
  return where.empty() ? std::string(key) : std::string(where).append(".").append(key);
}

std::filesystem::path absolute_path(const Source& source, const std::string& text) {
  std::error_code error;
  const std::filesystem::path path = source.base_folder / text;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  return (error ? path : whole).lexically_normal();
}

void check_keys(const Source& source, const toml::table& table,
                std::initializer_list<std::string_view> section_names, std::string_view where) {
  std::vector<std::string_view> known;
  for (const std::string_view section : section_names)
    for (const Setting& row : settings())
      if (row.section == section) known.push_back(row.key);
  for (const auto& [key, value] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    source.error(line_of(key), dotted(where, key.str()) + ": " + unknown_key(key.str(), known));
  }
}

KeyLines read_section(const Source& source, const toml::table& table, std::string_view section,
                      std::string_view where, SettingTarget target) {
  KeyLines lines;
  for (const Setting& row : settings()) {
    if (row.section != section) continue;
    const toml::node* node = table.get(row.key);
    if (node == nullptr) {
      if (row.required)
        source.error(line_of(table),
                     dotted(where, row.key) + ": is missing; write " + expected_text(row));
      continue;
    }
    lines.emplace(row.key, line_of(*node));
    const Slot slot = row.slot(target);
    if (const Mistake mistake = ValueReader(source, row, slot).read(*node))
      source.error(line_of(*node), dotted(where, row.key) + ": " + *mistake);
  }
  return lines;
}

}  // namespace sekisho::config
