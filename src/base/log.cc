#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

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

struct Character {
  size_t bytes = 0;  // 0: not UTF-8
  char32_t code = 0;
};

// The first character of a text that is not empty (RFC 3629 §4).
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {1, lead};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  char32_t code = lead & (0x7fu >> bytes);
  for (const char c : text.substr(1, bytes - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) return {};
    code = code << 6 | (byte & 0x3f);
  }
  const char32_t smallest = bytes == 4 ? 0x10000 : bytes == 3 ? 0x800 : 0x80;
  if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {bytes, code};
}

// Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of a line:
// with these a stranger's text could show another line than it is.
bool is_harmful(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

// Quotes where needed; bytes of harmful characters, and those that are no UTF-8, become \xNN.
// Other text stays readable.
void append_logfmt(std::string& out, std::string_view value) {
  bool quoted = value.empty() || value.find_first_of(" \"=\\") != std::string_view::npos;
  std::string text;
  while (!value.empty()) {
    const Character next = first_character(value);
    const std::string_view bytes = value.substr(0, std::max<size_t>(next.bytes, 1));
    value.remove_prefix(bytes.size());
    if (next.bytes > 0 && !is_harmful(next.code)) {
      if (next.code == '"' || next.code == '\\') text += '\\';
      text += bytes;
      continue;
    }
    quoted = true;
    for (const char c : bytes) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  if (quoted) out += '"';
  out += text;
  if (quoted) out += '"';
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
  return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
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
