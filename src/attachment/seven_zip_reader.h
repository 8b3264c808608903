// attachment/seven_zip_reader.h: the names in a 7z, and what in it is encrypted.
//
// The directory stands at the end, as a rule compressed with LZMA; then it is unpacked here. It is
// searched for the encryption's number and for lists of names rather than read strictly, so that
// what a strict reader stumbles over hides neither.
//
// Memory: kDirectoryBytesMax packed and as much unpacked, and as much for liblzma; only while a 7z
// is read.  Process: inspector worker.
// Source: 7-Zip's 7zFormat.txt.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "attachment/archive.h"
#include "attachment/file_view.h"

namespace sekisho::attachment {

class SevenZipReader {
 public:
  static constexpr size_t kDirectoryBytesMax = 1 << 20;

  ArchiveOutcome read(FileView& file, const OnMember& on_member);

 private:
  void read_directory(FileView& file);
  void read_packed(FileView& file, std::string_view header);
  void search(std::string_view header);
  size_t tell_names(std::string_view header, size_t at);

  const OnMember* on_member_ = nullptr;
  ArchiveOutcome outcome_;
};

}  // namespace sekisho::attachment
