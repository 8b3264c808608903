#include "scan/temporary_folder.h"

#include <sys/stat.h>

#include <cstdlib>
#include <string>

namespace sekisho::scan {

TemporaryFolder::TemporaryFolder(std::initializer_list<const char*> places) {
  for (const char* place : places) {
    std::string name = std::string(place) + "/sekisho.XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) continue;
    ::chmod(name.c_str(), 0711);  // workers go through it as another user
    path_ = name;
    return;
  }
}

void TemporaryFolder::remove() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  path_.clear();
}

std::filesystem::path folder_of_unlinked_files() {
  std::error_code error;
  auto folder = std::filesystem::temp_directory_path(error);
  return error ? std::filesystem::path("/tmp") : folder;
}

}  // namespace sekisho::scan
