// scan/mime_command.h: `sekisho mime FILE`: the structure of a message, a JSON line per part.
//
// Fields: path, type, charset, encoding, name, other_name, further_names, attachment, bytes and
// sha256 (or md5) of the decoded body (null for multipart and message parts that are walked into),
// defects, reading, and the byte offsets header, body and end (in a message inside base64: of its
// decoded bytes); on a message's own part also the addresses of From, To and Cc. A line comes when
// its part ends, so a container stands behind its children.
//
// With `mbox`, FILE holds messages behind "From " lines: each begins with a line of its own
// (message, offset, bytes, defects), and offsets are those of FILE, where a quoted ">From " is
// longer than what is read of it. What gzip, xz, zstd or bzip2 has compressed is unpacked; offsets
// then are those of what it unpacks to.
//
// reading is 0 for what the standards say. An ambiguous message is walked in further readings
// (mail/reading.h); of these only leaves are printed that no reading before had.
//
// Memory: fixed.  Process: the command line.

#pragma once

#include <string>

#include "codec/digest.h"
#include "mail/mbox_reader.h"

namespace sekisho::scan {

// `file` or "-" for standard input.
struct MimeOptions {
  std::string file;
  codec::DigestKind digest = codec::DigestKind::kSha256;
  bool mbox = false;
  mail::MboxForm mbox_form = mail::MboxForm::kAny;
};

// Returns the exit status.
int print_mime(const MimeOptions& options);

}  // namespace sekisho::scan
