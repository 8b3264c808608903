// inspect/policy.h: from what was found in a message to what is done with it, for one policy.
//
// Pure. A virus, attachments, what could not be scanned and spam are decided on apart; the
// strictest action counts: reject, discard, defer, quarantine, tag, accept. Of two alike the reason
// is the one that stands first here.

#pragma once

#include "inspect/job.h"
#include "inspect/verdict.h"

namespace sekisho::inspect {

// Where the edits go in the message's own header.
struct EditPlaces {
  std::vector<Edit> removals;  // forged X-Spam-* fields of the sender, by rising offset
  uint64_t subject_value = 0;  // offset of the first byte behind "Subject:" and its blanks
  bool has_subject = false;
};

// Of several reasons why it is unscanned, or of several attachments, likewise the strictest counts.
Decision decide(const Findings& findings, const Policy& policy, const EditPlaces& places);

// For the front, of messages that no worker could read (the job was over its time, or ended its
// worker) or may read again (it ended several). Never kAccept or kTag: what a sender wrote in our
// fields' names is still in it.
Decision decide_unread(config::UnscannedReason reason, const Policy& policy);
Decision decide_poison(const Policy& policy);

// "X-Spam-Status: No, score=1.2 required=5.0 tests=A,B\r\n", folded (RFC 5322 §2.2.3); at most
// kTestsBytesMax bytes of rule names.
std::string spam_status_field(const Findings& findings, const Policy& policy, bool is_spam);
inline constexpr size_t kTestsBytesMax = 2048;
inline constexpr size_t kReasonsBytesMax = 400;

}  // namespace sekisho::inspect
