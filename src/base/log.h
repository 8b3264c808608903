// base/log.h: one line per event on stderr, for journald or a person.
//
// A line is a message and fields, written as logfmt (`level=info msg="…" key=value`) or JSON, in
// one write(2). Values are escaped, so that hostile text can't forge a line, move a terminal's
// cursor or turn the direction of what follows: logfmt has \xNN for such bytes, JSON is ASCII.
//   log_info("listening", {{"address", address}});
//
// Severities (as Postfix has them): info is normal, warning needs a look, error is work not done,
// fatal ends the process. Threads: any.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sekisho {

using LogValue = std::variant<std::string, int64_t, double, bool>;

struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <typename Int>
  requires std::is_integral_v<Int> LogField(std::string_view k, Int v)
      : key(k), value(static_cast<int64_t>(v)) {}

  std::string_view key;
  LogValue value;
};

enum class LogFormat { kLogfmt, kJson };
enum class Severity { kInfo, kWarning, kError, kFatal };

void set_log_format(LogFormat format);
// Formats without writing. No time of its own: journald adds one.
std::string format_log_line(LogFormat format, Severity severity, std::string_view message,
                            const std::vector<LogField>& fields);
void log_line(Severity severity, std::string_view message, const std::vector<LogField>& fields);

inline void log_info(std::string_view m, const std::vector<LogField>& f = {}) {
  log_line(Severity::kInfo, m, f);
}
inline void log_warning(std::string_view m, const std::vector<LogField>& f = {}) {
  log_line(Severity::kWarning, m, f);
}
inline void log_error(std::string_view m, const std::vector<LogField>& f = {}) {
  log_line(Severity::kError, m, f);
}

}  // namespace sekisho
