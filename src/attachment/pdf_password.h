// attachment/pdf_password.h: whether an encrypted PDF opens without a password.
//
// Many PDFs are encrypted only to forbid printing or copying ("owner password"): the password that
// opens them is empty, everybody can read them.
//
// Process: inspector worker, after warm_up_pdf_passwords().
// Source: ISO 32000-1 §7.6.3 (algorithms 2, 4, 5), ISO 32000-2 §7.6.4 (algorithms 2.B, 11);
// revision 5 is Adobe's supplement to ISO 32000, level 3.

#pragma once

#include <string_view>

#include "attachment/pdf_dictionary.h"

namespace sekisho::attachment {

// `encryption` is the dictionary that the trailer's /Encrypt names, `id` the first of its /ID.
// False too where the handler or the revision isn't known.
bool opens_without_password(const PdfDictionary& encryption, std::string_view id);

// OpenSSL opens its configuration at its first use: call this before the sandbox closes.
void warm_up_pdf_passwords();

}  // namespace sekisho::attachment
