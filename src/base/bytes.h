// base/bytes.h: bytes are std::string_view; ASCII case and blanks, never the locale.

#pragma once

#include <string>
#include <string_view>

namespace sekisho {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

std::string to_lower(std::string_view s);
bool equals_ignore_case(std::string_view a, std::string_view b);
bool starts_with_ignore_case(std::string_view s, std::string_view prefix);
std::string_view trim(std::string_view s);  // blanks, CR and LF at both ends
std::string to_hex(std::string_view bytes);

}  // namespace sekisho
