// A whole configuration around the lines a test is about; those stand first, so their numbers hold.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace sekisho::config {

// `lines` and, behind them, each section they don't have.
inline std::string config_text(std::string_view lines) {
  constexpr std::string_view kSections[][2] = {
      {"[server]", "hostname = \"mx.example.test\"\n"},
      {"[[listener]]", "address = \"127.0.0.1:2525\"\n"},
      {"[next_hop.store]", "kind = \"maildir\"\naddress = \"/var/mail\"\n"},
      {"[[domain]]",
       "name = \"example.test\"\nadministrator = \"admin\"\nmailboxes = [\"admin\"]\n"},
  };
  std::string text(lines);
  if (!text.empty() && text.back() != '\n') text += '\n';
  for (const auto& [heading, content] : kSections)
    if (lines.find(heading) == std::string_view::npos)
      text.append(heading).append("\n").append(content);
  return text;
}

inline LoadedConfig parse_lines(std::string_view lines) {
  return parse_config(config_text(lines), "sekisho.toml", "/etc/sekisho");
}

inline std::vector<std::string> error_texts(const LoadedConfig& loaded) {
  std::vector<std::string> texts;
  for (const ConfigError& error : loaded.errors) texts.push_back(error.text());
  return texts;
}

}  // namespace sekisho::config
