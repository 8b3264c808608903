// attachment/pdf_reader.h: whether a PDF needs a password to be read.
//
// Its trailer says so: /Encrypt in a dictionary at the end of the file, at its beginning (files
// made for the web) or where `startxref` points. Names may be written with #-escapes. Trailers
// anywhere else are not found. Encrypted with an empty password is not encrypted (pdf_password.h);
// of several dictionaries with one number each must open.
//
// Memory: 2 × kPdfEndBytes.  Time: linear, at most kPdfSearchesMax searches through the file.
// Process: inspector worker.
// Source: ISO 32000-1 §7.3.5, §7.5.5, §7.5.8, §7.6.

#pragma once

#include "attachment/file_view.h"

namespace sekisho::attachment {

struct PdfOutcome {
  bool is_pdf = false;
  bool is_encrypted = false;
};

PdfOutcome read_pdf(FileView& file);

inline constexpr size_t kPdfEndBytes = 128 << 10;
inline constexpr size_t kPdfSearchesMax = 4;

}  // namespace sekisho::attachment
