// inspect/verdict_check.h: what a worker answered, believed only as far as it can do no harm.
//
// A worker reads hostile content and may have been taken over. It can then refuse a message, or
// call it clean; that much is its office. It can't make us say 250 for mail that nobody took, or
// end a reply's line.
//
// Nor can it change the message further than we ourselves do: take out whole fields in our names
// (header_places.h), put such fields on top (their values are its own), and put the policy's tag
// before the Subject. So no CRLF is broken in two (a next hop might see a second message there,
// RFC 5321 §2.3.8), and body and other fields are the sender's.
//
// Process: front.  Memory: the verdict.  Time: as header_places.h, and only where something is
// taken out or tagged.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "inspect/job.h"
#include "inspect/verdict.h"

namespace sekisho::inspect {

// Whether `edits` are in order, apart, and within `size` bytes.
bool edits_fit(std::span<const Edit> edits, uint64_t size);

// Of `spool` the header is read, when an edit is in it. An Error means: treat as not inspected.
Result<Verdict> checked_verdict(std::string_view text, const Job& job, int spool);

}  // namespace sekisho::inspect
