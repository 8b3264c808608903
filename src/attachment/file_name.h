// attachment/file_name.h: what a file's name says of it, as the user's system will take it.
//
// Windows decides by the last extension what opening a file does, drops dots and blanks at the end,
// and shows what it is told to: long names are cut, U+202E turns the rest around.
//
//   NameFacts facts = read_name("請求書.pdf     .exe ");
//   // extension "exe", program "program", deception "double extension"
//
// Pure.  Source: Windows naming conventions; Unicode UAX #9 (directional controls).

#pragma once

#include <string>
#include <string_view>

namespace sekisho::attachment {

struct NameFacts {
  std::string extension;       // lower-case, no dot; "" where there is none
  std::string_view program;    // what kind of program that is: "script", …; empty when none
  std::string_view macro;      // that documents of that name have macros
  std::string_view deception;  // "direction override", "double extension", …; empty when none
};

// `name` in UTF-8; folders in front of it don't count.
NameFacts read_name(std::string_view name);

// An extension's kind of program; empty when it is none.
std::string_view program_of_extension(std::string_view lower_case);

}  // namespace sekisho::attachment
