// inspect/attachment_policy.h: from what attachments are to what is done, for one policy, and how
// the sender and the recipient are told.
//
// Encrypted is decided on here alone, also where only the antivirus saw it (deep in an archive).
//
// Pure.  Replies are ASCII, Japanese in Latin letters (RFC 6531 §3.7.4 forbids all else there);
// fields have the domain's language in encoded words (RFC 2047 §2).

#pragma once

#include <string>
#include <vector>

#include "attachment/finding.h"
#include "config/attachments.h"

namespace sekisho::inspect {

// One thing that the policy acts on.
struct AttachmentMatch {
  enum class Kind { kEncrypted, kExecutable, kMacro, kDeceptiveName, kBlocked };

  Kind kind = Kind::kEncrypted;
  config::AttachmentAction action = config::AttachmentAction::kPass;
  std::string name;    // of the file, UTF-8; may be empty
  std::string detail;  // "zip aes", "exe", "video/mp4"
};

// The strictest first; what passes isn't there.
std::vector<AttachmentMatch> match_attachments(const attachment::FindingList& found,
                                               bool antivirus_met_encryption,
                                               const config::AttachmentPolicy& policy);

// "encrypted": for logs and reasons.
std::string_view match_name(AttachmentMatch::Kind kind);

// "encrypted attachment is not accepted: a.zip (zip)"; at most kAttachmentReplyBytesMax.
std::string attachment_reply(const AttachmentMatch& match, config::Language language);
inline constexpr size_t kAttachmentReplyBytesMax = 300;

// "X-Sekisho-Attachment: encrypted; =?utf-8?B?…?=\r\n", one field a match, kAttachmentFieldsMax at
// most.
std::string attachment_fields(const std::vector<AttachmentMatch>& matches,
                              config::Language language);
inline constexpr size_t kAttachmentFieldsMax = 3;

}  // namespace sekisho::inspect
