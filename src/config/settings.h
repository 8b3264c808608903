// config/settings.h: the table of all settings, one row each.
//
// The same row serves to read a value, to report a key that doesn't exist and to document the
// setting.
//   for (const Setting& s : settings()) print(s.section, s.key, s.default_text, s.doc);
//
// To add a setting: a member with its default in config.h, a row in settings.cc. Nothing else.
//
// Lifetime: the table lives as long as the program.  Threads: any.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

namespace sekisho::config {

enum class SettingType {
  kText,
  kTextList,
  kFlag,
  kNumber,
  kDecimal,
  kSize,      // "100 MB"
  kDuration,  // "5m"
  kChoice,
  kCharacter,  // "" for none
  kPath,
  kPathList,
  kMailboxes,  // a list of names, or a table with settings per mailbox
  kAliases,    // a table: name = target or list of targets
};

// What the settings of one section are written to; a section has those that it is about.
struct SettingTarget {
  Config* config = nullptr;
  Listener* listener = nullptr;
  Plan* plan = nullptr;
  NextHop* next_hop = nullptr;
  Domain* domain = nullptr;
  Mailbox* mailbox = nullptr;
};

// An enum class, seen as the index of its value; kNoChoice while it has none.
inline constexpr size_t kNoChoice = static_cast<size_t>(-1);
struct ChoiceSlot {
  void* at;
  void (*store)(void* at, size_t index);
  size_t (*load)(const void* at);
};

using Slot =
    std::variant<std::monostate, bool*, size_t*, unsigned*, double*, std::string*,
                 std::optional<std::string>*, std::optional<char>*, std::optional<uint64_t>*,
                 std::vector<std::string>*, std::chrono::seconds*, std::filesystem::path*,
                 std::vector<std::filesystem::path>*, ChoiceSlot>;

struct Setting {
  std::string_view section;  // "" stands for the top of the file
  std::string_view key;
  SettingType type;
  Slot (*slot)(SettingTarget&);  // where the value stands
  double min = 0;                // of numbers, decimals, sizes (bytes) and durations (seconds)
  double max = 0;                // and of texts in a list, where it isn't 0
  std::string_view choices;      // "off|tag|reject", in the order of the enum
  std::string (*mistake)(std::string_view) =
      nullptr;  // of a text or of each text of a list; "" is none
  bool required = false;
  std::string_view doc;
  std::string default_text;  // as TOML; "" where there is none
};

std::span<const Setting> settings();
const Setting* find_setting(std::string_view section, std::string_view key);

// How a section stands in the file: [smtp], [[listener]], [plan.NAME].
enum class SectionForm { kTop, kTable, kList, kNamed, kInner };
struct Section {
  std::string_view name;
  SectionForm form;
  std::string_view doc;
};
std::span<const Section> sections();

// "a whole number from 1 to 100", "a size like \"100 MB\"": what a value of the setting must be.
std::string expected_text(const Setting& setting);

// All settings as a commented TOML file, for `sekisho config` and the manual.
std::string reference();

}  // namespace sekisho::config
