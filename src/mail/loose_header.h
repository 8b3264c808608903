// mail/loose_header.h: what forgiving clients make of a Content-* field: every boundary, transfer
// encoding and file name that one of them could take from it.
//
// header.h says what the standards say; this is the paranoid half, asked only where a value is not
// plain. Whatever is found is bounded, and `out` holds each finding once.
//
// Memory: the value.  Pure.  Broken input: is the subject.

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/transfer_decoder.h"

namespace sekisho::mail {

enum class ContentField { kType, kEncoding, kDisposition };

struct FoundField {
  ContentField field;
  std::string_view value;
};

// "Content-Type" and its two siblings behind control characters, blanks or 8-bit junk, and with "="
// or nothing where the colon should be.
std::optional<FoundField> find_content_field(std::string_view line);

// DKIM-Signature and its like name fields on folded lines, which are no fields (RFC 6376 §3.5).
bool lists_field_names(std::string_view field);

// The boundaries of a raw Content-Type value, in the order of their likeliness. A value that all
// clients read alike gives one.
inline constexpr size_t kBoundaryCandidatesMax = 16;
void find_boundaries(std::string_view raw_value, std::string_view strict,
                     std::vector<std::string>& out);

// True when a forgiving client would take the value for a multipart or a message, whatever stands
// around or inside the words: comments, quotes, backslashes, encoded words.
bool looks_like_multipart(std::string_view raw_value);
bool looks_like_message(std::string_view raw_value);

// The transfer encodings that a raw value may mean besides `first`; nothing for a plain value.
using Encodings = std::vector<codec::TransferEncoding>;
void find_encodings(std::string_view raw_value, Encodings& out);

// The values of "name" or "filename" that clients may make of a raw Content-Type or
// Content-Disposition value, in UTF-8.
inline constexpr size_t kNameCandidatesMax = 16;
void find_names(std::string_view raw_value, std::vector<std::string>& out);

}  // namespace sekisho::mail
