// attachment/office_reader.h: what a compound file holds: an encrypted document, macros, a program.
//
// Encrypted: what Office 2007 and later writes (a stream EncryptedPackage), and Word, Excel and
// PowerPoint of before by the flags in their streams. Excel files with the password that Excel
// itself tries ("VelvetSweatshop") count too: nobody else can read them.
// Macros: VBA by its storages, Excel 4.0 macro sheets by their kind. Flash and OLE objects are not
// looked for.
//
// Memory: a piece of a stream (kBookBytesMax).  Process: inspector worker.
// Source: [MS-OFFCRYPTO] 2.3, [MS-DOC] 2.5.2, [MS-XLS] 2.4.28, 2.4.117, [MS-PPT] 2.3.2, [MS-OVBA].

#pragma once

#include <string>
#include <string_view>

#include "attachment/compound_file.h"

namespace sekisho::attachment {

struct OfficeOutcome {
  bool is_compound = false;
  bool is_complete = true;      // its directory could be read to the end
  std::string_view encryption;  // "office", "word", "excel", "powerpoint"; empty when none
  std::string_view macro;       // "vba", "excel 4.0"; empty when none
  bool is_installer = false;    // .msi, .msp
};

OfficeOutcome read_office(FileView& file);

inline constexpr size_t kBookBytesMax = 64 << 10;

}  // namespace sekisho::attachment
