// codec/html_entities.h: HTML character references → UTF-8.
//
// Standards: HTML 4.01 §24 (the named ones), WHATWG HTML §13.2.5.80 (numeric ones: 0x80–0x9F are
// Windows-1252, surrogates and what is over U+10FFFF become U+FFFD).

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::codec {

// Windows-1252, bytes 0x80 to 0x9F.
inline constexpr std::array<uint16_t, 32> kWindows1252{
    0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
    0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

// Appends the character that "&NAME;" stands for; `name` without "&" and ";". An unknown one is
// appended as "&NAME".
void append_entity(std::string_view name, std::string& out);

}  // namespace sekisho::codec
