// attachment/archive.h: what the readers of archive directories have in common.
//
// A reader looks at a directory, never at compressed data, and calls OnMember for each name it
// finds. A name may come more than once. Damage is no error: what could be read is told, and
// `unlisted` says why more may be there, `unscanned` why an antivirus may see something else than a
// client does.

#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace sekisho::attachment {

struct Member {
  std::string_view name;        // UTF-8, "folder/file.txt"
  std::string_view raw;         // its bytes, where the charset had to be guessed
  std::string_view encryption;  // "zip aes"; empty when none
  bool is_again = false;        // told before, from the archive's other directory
  bool is_nested = false;       // of an archive that stands uncompressed in this one
};

using OnMember = std::function<void(const Member&)>;

struct ArchiveOutcome {
  bool is_archive = false;
  std::string_view encryption;  // of the whole, or of its directory; empty when none
  std::string_view unlisted;    // why names may be missing: "damaged directory", …; else empty
  std::string_view unscanned;   // a reason as config/unscanned.h has them; else empty
};

// More members than libclamav opens (antivirus/engine.h) are not listed either.
inline constexpr size_t kMembersMax = 10000;
inline constexpr size_t kMemberNameBytesMax = 4096;

// A longer name loses its beginning: at the end stands what the file is.
constexpr std::string_view kept_name(std::string_view raw) {
  return raw.substr(raw.size() -
                    (raw.size() < kMemberNameBytesMax ? raw.size() : kMemberNameBytesMax));
}

inline constexpr std::string_view kTooManyMembers = "too many members";
inline constexpr std::string_view kDamagedDirectory = "damaged directory";
inline constexpr std::string_view kNoDirectory = "no directory";

inline constexpr std::string_view kAmbiguous = "ambiguous";
inline constexpr std::string_view kLimit = "limit";
inline constexpr std::string_view kUnsupportedArchive = "unsupported_archive";

// What is left open by names that could not be read.
constexpr std::string_view unscanned_of(const ArchiveOutcome& outcome) {
  if (!outcome.unscanned.empty() || outcome.unlisted.empty()) return outcome.unscanned;
  return outcome.unlisted == kTooManyMembers ? kLimit : kAmbiguous;
}

}  // namespace sekisho::attachment
