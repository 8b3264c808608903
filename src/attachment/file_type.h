// attachment/file_type.h: what a file is by its content, whatever it is called.
//
//   auto types = FileType::load();              // before the sandbox closes: opens a database
//   std::string type = (*types)->type_of(head); // "application/pdf"; the first kHeadBytes do
//   std::string_view program = program_of_content(head);
//
// libmagic names what it knows, from bytes in memory alone: its readers of compressed data, of
// compound files and of others that go deep are off. What runs when opened is told by a short table
// of our own, so that no database can hide it.
//
// Memory: libmagic's database, 8 MB mapped.  Process: inspector worker.  Threads: one per object.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct magic_set;

namespace sekisho::attachment {

class FileType {
 public:
  static constexpr size_t kHeadBytes = 4096;

  static Result<std::unique_ptr<FileType>> load();
  ~FileType();
  FileType(const FileType&) = delete;
  FileType& operator=(const FileType&) = delete;

  // A media type in lower case; "application/octet-stream" when it is nothing known.
  std::string type_of(std::string_view head) const;

 private:
  explicit FileType(magic_set* magic) : magic_(magic) {}
  magic_set* magic_;
};

// "windows program", "linux program", …; empty when it is none.
std::string_view program_of_content(std::string_view head);
// The same for what stands further back: images of disks. `sector` begins at kDiskMarkOffset.
std::string_view disk_image_of(std::string_view sector);
inline constexpr uint64_t kDiskMarkOffset = 32768;  // ISO 9660 §6.2.1, ECMA-167
// Microsoft OneNote, whose documents hold files that a click runs.
bool is_one_note(std::string_view head);

}  // namespace sekisho::attachment
