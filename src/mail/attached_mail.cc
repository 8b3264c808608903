#include "mail/attached_mail.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace sekisho::mail {
namespace {

constexpr std::array<std::string_view, 12> kFieldsOfMail = {
    "from",     "to",          "subject",      "date",         "received",     "message-id",
    "reply-to", "return-path", "mime-version", "content-type", "delivered-to", "sender"};

bool is_name_byte(char c) { return c > ' ' && c < 127 && c != ':'; }

// The name before the colon; "" when the line is no field. Blanks before the colon are old syntax
// (RFC 5322 §4.5).
std::string_view field_name(std::string_view line) {
  const std::string_view name = trim(line.substr(0, line.find(':')));
  const bool is_field = line.find(':') != std::string_view::npos && !name.empty() &&
                        std::all_of(name.begin(), name.end(), is_name_byte);
  return is_field ? name : std::string_view();
}

bool is_of_mail(std::string_view name) {
  return std::any_of(kFieldsOfMail.begin(), kFieldsOfMail.end(),
                     [&](std::string_view known) { return equals_ignore_case(name, known); });
}

}  // namespace

bool AttachedMail::seen() const {
  std::string_view rest = head_;
  while (!rest.empty() && (rest.front() == '\r' || rest.front() == '\n')) rest.remove_prefix(1);
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  bool first = true;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return false;
    const bool passed_over = (first && line.starts_with("From ")) || is_blank(line.front());
    first = false;
    if (passed_over) continue;
    const std::string_view name = field_name(line);
    if (name.empty()) return false;
    if (is_of_mail(name)) return true;
  }
  return false;
}

}  // namespace sekisho::mail
