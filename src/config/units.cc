#include "config/units.h"

#include <charconv>
#include <limits>

#include "base/bytes.h"

namespace sekisho::config {
namespace {

struct Quantity {
  uint64_t count;
  std::string_view unit;
};

std::optional<Quantity> parse_quantity(std::string_view text) {
  text = trim(text);
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc()) return std::nullopt;
  return Quantity{count, trim(text.substr(static_cast<size_t>(end - text.data())))};
}

std::optional<uint64_t> times(uint64_t count, uint64_t factor) {
  if (count > std::numeric_limits<uint64_t>::max() / factor) return std::nullopt;
  return count * factor;
}

std::optional<uint64_t> size_factor(std::string_view unit) {
  if (unit.empty() || equals_ignore_case(unit, "B") || equals_ignore_case(unit, "bytes")) return 1;
  const std::string_view rest = unit.substr(1);
  if (!rest.empty() && !equals_ignore_case(rest, "B") && !equals_ignore_case(rest, "iB"))
    return std::nullopt;
  switch (ascii_lower(unit[0])) {
    case 'k':
      return uint64_t{1} << 10;
    case 'm':
      return uint64_t{1} << 20;
    case 'g':
      return uint64_t{1} << 30;
    case 't':
      return uint64_t{1} << 40;
    default:
      return std::nullopt;
  }
}

std::optional<uint64_t> duration_factor(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "m" || unit == "min") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86400;
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> parse_size(std::string_view text) {
  const std::optional<Quantity> quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  const std::optional<uint64_t> factor = size_factor(quantity->unit);
  return factor ? times(quantity->count, *factor) : std::nullopt;
}

std::string size_text(uint64_t bytes) {
  constexpr std::string_view kUnits[] = {" bytes", " KB", " MB", " GB", " TB"};
  size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < std::size(kUnits)) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes).append(kUnits[unit]);
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  const std::optional<Quantity> quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  const std::optional<uint64_t> factor = duration_factor(quantity->unit);
  const std::optional<uint64_t> seconds = factor ? times(quantity->count, *factor) : std::nullopt;
  if (!seconds || *seconds > uint64_t{std::numeric_limits<int32_t>::max()}) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

std::string duration_text(std::chrono::seconds duration) {
  const auto count = duration.count();
  if (count != 0 && count % 3600 == 0) return std::to_string(count / 3600) + "h";
  if (count != 0 && count % 60 == 0) return std::to_string(count / 60) + "m";
  return std::to_string(count) + "s";
}

}  // namespace sekisho::config
