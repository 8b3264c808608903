// scan/mime_command.h: `sekisho mime FILE`: the structure of a message, a JSON line per part.
//
// Fields: path, type, charset, encoding, name, other_name, further_names, attachment, bytes and
// sha256 (or md5) of the decoded body (null for multipart and message parts that are walked into),
// defects, reading, and the byte offsets header, body and end (in a message inside base64: of its
// decoded bytes); on a message's own part also the addresses of From, To and Cc. A line comes when
// its part ends, so a container stands behind its children.
//
// With `mbox`, FILE holds messages behind "From " lines: each begins with a line of its own
// (message, offset, bytes), and offsets count from the begin of FILE.
//
// reading is 0 for what the standards say. An ambiguous message is walked in further readings
// (mail/reading.h); of these only leaves are printed that no reading before had.
//
// Memory: fixed.  Process: the command line.

#pragma once

#include <string>

#include "codec/digest.h"

namespace sekisho::scan {

// `file` or "-" for standard input.
struct MimeOptions {
  std::string file;
  codec::DigestKind digest = codec::DigestKind::kSha256;
  bool mbox = false;
};

// Returns the exit status.
int print_mime(const MimeOptions& options);

}  // namespace sekisho::scan
