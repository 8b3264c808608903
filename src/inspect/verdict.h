// inspect/verdict.h: what an inspector answers: findings, and for each policy what to do, why, and
// the edits.
//
// Inspection never rewrites a message. An Edit names a byte range of the spool and what stands in
// its place; delivery streams the spool through the edits, so bytes that no edit names leave as
// they came.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attachment/finding.h"
#include "base/result.h"

namespace sekisho::inspect {

struct Edit {
  uint64_t offset = 0;  // bytes from the start of the spool
  uint64_t remove = 0;  // bytes taken out there
  std::string insert;   // bytes put in their place

  bool operator==(const Edit&) const = default;
};

enum class Action { kAccept, kTag, kQuarantine, kDiscard, kReject, kDefer };
std::string_view action_name(Action action);

// What one policy makes of the findings.
struct Decision {
  Action action = Action::kAccept;
  std::string reason;       // "virus Eicar-Test", "spam", "unscanned encrypted"; empty for kAccept
  int reply_code = 0;       // for kReject and kDefer
  std::string enhanced;     // RFC 3463 status of that reply
  std::string reply;        // and its text
  std::vector<Edit> edits;  // by rising offset, never overlapping
};

struct ScoredHit {
  std::string rule;
  double score = 0;
};

// An address in the message, canonical, and the domain that somebody registered for it.
struct SeenUri {
  std::string uri;
  std::string domain;
};

// What was seen, whatever any policy says of it.
struct Findings {
  std::vector<ScoredHit> hits;              // by rule name
  double score = 0;                         // their sum
  std::vector<std::string> viruses;         // signature names
  std::vector<std::string> unscanned;       // reasons; empty when everything was looked at
  std::vector<std::string> defects;         // names, see mail/defect.h and inspect/walk.h
  std::vector<SeenUri> uris;                // the first UriList::kListedMax
  std::vector<std::string> attachments;     // "encrypted zip", "executable script"
  attachment::FindingList attachment_list;  // the same in full; it stays in the worker
  std::string message_id;                   // decoded, at most kFieldBytesMax bytes each
  std::string from;
  std::string subject;
  uint64_t parts = 0;
  uint64_t left_out = 0;  // names of the lists above that a verdict had no room for
  uint64_t received = 0;  // Received fields of the message's own header (loop detection)
};

struct Timings {
  double walk_ms = 0;  // parser, decoders and rules
  double antivirus_ms = 0;
};

struct Verdict {
  Findings findings;
  std::vector<Decision> decisions;  // one for each policy of the job, in its order
  Timings timings;
};

inline constexpr size_t kFieldBytesMax = 1000;

// Runs of fields in our names that are taken out at most; Walk finds a message with more
// `unscanned too_many_edits`.
inline constexpr size_t kRemovalsMax = 256;

// Names over a list's room are left out and counted (Findings::left_out); removals that all
// decisions share are written once. So a verdict is at most kVerdictBytesMax bytes, but for edits
// that differ per policy: whoever sends it looks (inspector_process.cc).
std::string to_text(const Verdict& verdict);
inline constexpr size_t kVerdictBytesMax = 180 << 10;  // less than worker::kMessageBytesMax

// An Error for anything that to_text() does not write: a worker may have been taken over. Few bytes
// can't stand for many: a verdict read has kPoliciesMax decisions at most, kRemovalsMax removals
// shared.
Result<Verdict> parse_verdict(std::string_view text);

}  // namespace sekisho::inspect
