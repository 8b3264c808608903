// scan/temporary_folder.h: a folder of this run, gone with it; and where files without a name lie.
//
// Process: the command line.

#pragma once

#include <filesystem>
#include <initializer_list>

namespace sekisho::scan {

class TemporaryFolder {
 public:
  // In the first of `places` that lets us; path() is empty where none does.
  explicit TemporaryFolder(std::initializer_list<const char*> places);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { remove(); }
  void remove();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// $TMPDIR, or /tmp.
std::filesystem::path folder_of_unlinked_files();

}  // namespace sekisho::scan
