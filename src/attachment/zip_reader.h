// attachment/zip_reader.h: the names in a zip, and what in it is encrypted.
//
//   ZipReader zip;
//   ArchiveOutcome outcome = zip.read(file, on_member);
//
// Reads both directories that a zip has: the central one at its end (zip64 too; each of several),
// which clients list, and the local headers in front of the members, which a client reads that gets
// a stream or a damaged file. A local header that the central directory doesn't name is told too.
// Where the two disagree about how a member is packed or encrypted, programs open it differently
// (libclamav goes by the local header, most others by the directory): unscanned.
// So is what programs find in different places: zips one behind the other, a zip behind another
// archive, members that no directory names. Zips that stand uncompressed in the zip are seen by
// their local headers.
//
// Names: Info-ZIP's Unicode field, else as archive_name.h guesses: whether the UTF-8 flag is there
// or not, valid UTF-8 is UTF-8.
//
// Memory: 40 bytes for each of kMembersMax members of kEndRecordsMax directories.  Time: linear.
// Process: inspector worker. Source: PKWARE APPNOTE.TXT 6.3.10 §4.3 to §4.6, §7; WinZip AE-1 and
// AE-2 (field 0x9901).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attachment/archive.h"
#include "attachment/archive_name.h"
#include "attachment/file_view.h"

namespace sekisho::attachment {

class ZipReader {
 public:
  static constexpr size_t kEndRecordsMax = 4;

  ArchiveOutcome read(FileView& file, const OnMember& on_member);

 private:
  // An end of central directory record, and where its directory begins.
  struct End {
    uint64_t at = 0;
    uint64_t directory = 0;
    uint64_t shift = 0;  // bytes in front of the zip: offsets count from there
    uint64_t members = 0;
    bool is_64 = false;
  };
  // The fields that both kinds of header have.
  struct Header {
    uint16_t flags = 0;
    uint16_t method = 0;
    uint32_t packed32 = 0, plain32 = 0;  // as they stand there, without zip64
    uint64_t compressed = 0;
    uint64_t local_at = 0;
    std::string name, extra;
  };
  // What the central directory says of a member, and where its local header is.
  struct Place {
    uint64_t at;
    uint64_t bytes;
    uint32_t packed32, plain32;
    uint16_t flags, method;
    bool was_met = false;
  };

  bool read_ends(FileView& file);
  std::optional<End> parse_end(FileView& file, uint64_t at);
  bool is_another(FileView& file, const End& last, const End& end) const;
  static bool ends_with(FileView& file, const End& end);
  void take_zip64(FileView& file, End& end);
  bool read_directory(FileView& file, const End& end);
  void read_local_headers(FileView& file);
  void on_local_header(FileView& file, uint64_t at);
  void compare(const FileView& file, const Header& header, uint64_t data_at, Place& place);
  void note_unmet();
  enum class From { kCentral, kLocal, kLocalAlone, kNested };
  void tell(const Header& header, From from);
  std::string name_of(const Header& header);

  const OnMember* on_member_ = nullptr;
  ArchiveOutcome outcome_;
  ArchiveName names_;
  std::vector<Place> places_;   // by rising offset
  bool is_held_ = false;        // by a file of another kind
  size_t members_of_last_ = 0;  // how many of them the last directory in the file names
  uint64_t data_end_ = 0;       // of the member that the walk over local headers is in
  size_t local_headers_ = 0;
};

}  // namespace sekisho::attachment
