// attachment/finding.h: what is worth a customer's rule about the attachments of one message.
//
//   FindingList list;
//   list.add({FindingKind::kEncrypted, "見積書.zip", "zip aes"});
//   list.note_extension("zip");  list.note_type("application/zip");
//
// A finding is a fact, not a judgement: policy decides. One of each kind and detail is kept, with
// the first name; a plan's own lists are matched with the extensions and types.
//
// Memory: kFindingsMax, kWordsMax of each; names are cut at kNameBytesMax. What doesn't fit sets
// exceeded(), never silence.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::attachment {

enum class FindingKind {
  kEncrypted,      // can't be read without a password that we don't have
  kExecutable,     // runs when it is opened
  kMacro,          // a document that brings a program
  kDeceptiveName,  // made to look like another kind of file
  kUnlisted,       // an archive whose names could not all be read
};
inline constexpr size_t kFindingKinds = 5;
std::string_view finding_name(FindingKind kind);  // "encrypted", …

struct Finding {
  FindingKind kind = FindingKind::kEncrypted;
  std::string name;    // UTF-8, of the file; "photos.zip/setup.exe" inside an archive
  std::string detail;  // "zip aes", "windows program", …

  bool operator==(const Finding&) const = default;
};

// An extension, or a media type, and the first file that has it.
struct Sighting {
  std::string word;
  std::string name;

  bool operator==(const Sighting&) const = default;
};

class FindingList {
 public:
  static constexpr size_t kFindingsMax = 48;
  static constexpr size_t kWordsMax = 128;
  static constexpr size_t kNameBytesMax = 160;
  static constexpr size_t kExtensionBytesMax = 16;

  void clear() { *this = {}; }
  void add(Finding finding);
  void note_extension(std::string_view extension, std::string_view name);
  void note_type(std::string_view type, std::string_view name);
  // Why the antivirus can't be trusted on a file; one of archive.h's, which are static.
  void note_unscanned(std::string_view reason);

  bool has(FindingKind kind) const;
  const std::vector<Finding>& findings() const { return findings_; }
  const std::vector<Sighting>& extensions() const { return extensions_; }
  const std::vector<Sighting>& types() const { return types_; }
  const std::vector<std::string_view>& unscanned() const { return unscanned_; }
  bool exceeded() const { return exceeded_; }

 private:
  void note(std::vector<Sighting>& list, std::string_view word, std::string_view name);

  std::vector<Finding> findings_;
  std::vector<Sighting> extensions_;  // lower-case, no dot
  std::vector<Sighting> types_;
  std::vector<std::string_view> unscanned_;
  bool exceeded_ = false;
};

// At most kNameBytesMax bytes, cut between characters; what is no valid UTF-8 becomes "?".
std::string shown_name(std::string_view name);

}  // namespace sekisho::attachment
