#include "base/bytes.h"
#include "config/config.h"

namespace sekisho::config {
namespace {

// A TOML basic string.
std::string toml_text(const std::filesystem::path& path) {
  constexpr std::string_view kControl = "\\u00";
  std::string text = "\"";
  for (const char c : path.string()) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      text.append(kControl).append(to_hex(std::string_view(&c, 1)));
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

}  // namespace

std::string embedded_default(const std::filesystem::path& var, const std::filesystem::path& rules,
                             const std::filesystem::path& signatures) {
  return R"([server]
hostname = "mx.example.test"

[[listener]]
role = "mx"
address = "127.0.0.1:2525"

[spool]
path = )" +
         toml_text(var / "spool") + R"(

[quarantine]
path = )" +
         toml_text(var / "quarantine") + R"(

[inspect]
rules = [)" +
         toml_text(rules) + R"(]
signatures = ["/var/lib/clamav", )" +
         toml_text(signatures) + R"(]

[next_hop.store]
kind = "maildir"
address = )" +
         toml_text(var / "mail") + R"(

[[domain]]
name = "example.test"
administrator = "admin"
catch_all = "admin"
mailboxes = ["admin", "alice", "hanako"]
aliases = {sales = ["alice", "hanako"]}
)";
}

}  // namespace sekisho::config
