// config/units.h: sizes and durations as an administrator writes them.
//
// Sizes: bytes, or "100 MB", "384 MiB", "4K". K, M and G count in 1024 with or without the i, as
// the mail servers around us do: the service's "100 MB" is 104857600 bytes. Durations: "30s", "5m",
// "2h", "1d".

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::config {

std::optional<uint64_t> parse_size(std::string_view text);
std::string size_text(
    uint64_t bytes);  // in the largest unit without a rest: "100 MB", "1500 bytes"

std::optional<std::chrono::seconds> parse_duration(std::string_view text);
std::string duration_text(std::chrono::seconds duration);  // "5m"

}  // namespace sekisho::config
