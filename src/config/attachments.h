// config/attachments.h: what a plan does with messages whose attachments are of some kind.
//
// Each kind has its action; of several the strictest counts. `blocked_*` are refused whatever else
// is set.

#pragma once

#include <string>
#include <vector>

namespace sekisho::config {

enum class AttachmentAction { kPass, kTag, kQuarantine, kReject };  // the later, the stricter
enum class Language { kEnglish, kJapanese };

struct AttachmentPolicy {
  AttachmentAction encrypted = AttachmentAction::kTag;
  AttachmentAction executable = AttachmentAction::kReject;
  AttachmentAction macro = AttachmentAction::kTag;
  AttachmentAction deceptive_name = AttachmentAction::kTag;
  std::vector<std::string> blocked_extensions;  // lower-case, no dot
  std::vector<std::string> blocked_types;       // "video/mp4", "video/*"
  Language language = Language::kEnglish;       // of refusals and marks

  bool operator==(const AttachmentPolicy&) const = default;
};

// So that a job with all its policies fits one datagram.
inline constexpr size_t kBlockedExtensionsMax = 64;
inline constexpr size_t kBlockedTypesMax = 32;
inline constexpr size_t kBlockedExtensionBytesMax = 16;
inline constexpr size_t kBlockedTypeBytesMax = 80;

}  // namespace sekisho::config
