#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "base/bytes.h"

namespace sekisho {
namespace {

std::atomic<LogFormat> log_format{LogFormat::kLogfmt};

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
    case Severity::kFatal:
      return "fatal";
  }
  return "fatal";
}

// Quotes where needed; control bytes become \xNN, other bytes stay (UTF-8 text is readable in a
// log).
void append_logfmt(std::string& out, std::string_view value) {
  const bool plain =
      !value.empty() && value.find_first_of(" \"=\\\x7f") == std::string_view::npos &&
      std::none_of(value.begin(), value.end(), [](char c) { return c >= 0 && c < 32; });
  if (plain) {
    out += value;
    return;
  }
  out += '"';
  for (char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 32 || byte == 127) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string logfmt_line(Severity severity, std::string_view message,
                        const std::vector<LogField>& fields) {
  std::string line = fmt::format("level={} msg=", severity_name(severity));
  append_logfmt(line, message);
  for (const LogField& field : fields) {
    line += fmt::format(" {}=", field.key);
    if (const auto* text = std::get_if<std::string>(&field.value)) {
      append_logfmt(line, *text);
    } else if (const auto* number = std::get_if<double>(&field.value)) {
      line += fmt::format("{:.3f}", *number);
    } else if (const auto* flag = std::get_if<bool>(&field.value)) {
      line += *flag ? "true" : "false";
    } else {
      line += std::to_string(std::get<int64_t>(field.value));
    }
  }
  return line;
}

std::string json_line(Severity severity, std::string_view message,
                      const std::vector<LogField>& fields) {
  nlohmann::ordered_json line{{"level", severity_name(severity)}, {"msg", message}};
  for (const LogField& field : fields)
    std::visit([&](const auto& value) { line[std::string(field.key)] = value; }, field.value);
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

void set_log_format(LogFormat format) { log_format = format; }

std::string format_log_line(LogFormat format, Severity severity, std::string_view message,
                            const std::vector<LogField>& fields) {
  return format == LogFormat::kJson ? json_line(severity, message, fields)
                                    : logfmt_line(severity, message, fields);
}

void log_line(Severity severity, std::string_view message, const std::vector<LogField>& fields) {
  const std::string line = format_log_line(log_format, severity, message, fields) + "\n";
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace sekisho
