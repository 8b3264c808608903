// gateway/verdict_check.h: what a worker answered, believed only as far as it can do no harm.
//
// A worker reads hostile content and may have been taken over. It can then refuse a message, or
// call it clean; that much is its office. It can't make us say 250 for mail that nobody took, end a
// reply's line, break a CRLF of the message in two (a next hop might see a second message there,
// RFC 5321 §2.3.8), or name bytes outside the message.
//
// Process: front.  Memory: the verdict.

#pragma once

#include <string_view>

#include "base/result.h"
#include "inspect/job.h"
#include "inspect/verdict.h"

namespace sekisho::gateway {

// `spool` is read at the ends of edits. An Error means: treat as not inspected.
Result<inspect::Verdict> checked_verdict(std::string_view text, const inspect::Job& job, int spool);

}  // namespace sekisho::gateway
