// scan/mime_command.h: `sekisho mime FILE`: the structure of a message, a JSON line per part.
//
// Fields: path, type, charset, encoding, name, other_name, attachment, bytes and sha256 of the
// decoded body (null for multipart and message parts that are walked into), defects. In the order
// in which parts begin.
//
// Memory: a line per part (MimeLimits::parts), whatever the message's size.  Process: the command
// line.

#pragma once

#include <string>

namespace sekisho::scan {

// `file` or "-" for standard input. Returns the exit status.
int print_mime(const std::string& file);

}  // namespace sekisho::scan
