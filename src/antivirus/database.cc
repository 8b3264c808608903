#include "antivirus/database.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sekisho::antivirus {
namespace {

// What cl_load() takes from a folder (CLI_DBEXT in libclamav's readdb.h).
constexpr std::array<std::string_view, 38> kExtensions = {
    ".db",  ".hdb", ".hdu",  ".hsb", ".hsu",  ".fp",   ".sfp", ".mdb", ".mdu", ".msb",
    ".msu", ".ndb", ".ndu",  ".ldb", ".ldu",  ".sdb",  ".zmd", ".rmd", ".idb", ".pdb",
    ".gdb", ".wdb", ".cbc",  ".ftm", ".cfg",  ".cvd",  ".cld", ".cud", ".cdb", ".cat",
    ".crb", ".ign", ".ign2", ".imp", ".pwdb", ".info", ".yar", ".yara"};
// Databases that hold phishing heuristics. Without one, looking for cloaked URLs costs time and
// finds nothing.
constexpr std::array<std::string_view, 6> kPhishing = {".pdb", ".gdb", ".wdb",
                                                       ".cvd", ".cld", ".cud"};

template <size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

struct Holdings {
  bool databases = false;
  bool phishing = false;
};

Result<Holdings> look_into(const std::filesystem::path& folder) {
  Holdings found;
  std::error_code failed;
  const bool is_folder = std::filesystem::is_directory(folder, failed);
  if (failed && failed != std::errc::no_such_file_or_directory)
    return Error{folder.string() + ": " + failed.message(), failed.value()};
  if (!is_folder) return found;
  auto at = std::filesystem::directory_iterator(folder, failed);
  for (; !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    const std::string extension = to_lower(at->path().extension().string());
    found.databases = found.databases || contains(kExtensions, extension);
    found.phishing = found.phishing || contains(kPhishing, extension);
  }
  if (failed) return Error{folder.string() + ": " + failed.message(), failed.value()};
  return found;
}

}  // namespace

Result<Loaded> load_databases(const std::vector<std::filesystem::path>& folders,
                              cl_engine* engine) {
  Loaded loaded;
  std::string names;
  for (const std::filesystem::path& folder : folders) {
    names += (names.empty() ? "" : ", ") + folder.string();
    const Result<Holdings> holds = look_into(folder);
    if (!holds) return holds.error();
    if (!holds->databases) continue;
    const unsigned phishing = holds->phishing ? CL_DB_PHISHING_URLS : 0u;
    unsigned signatures = 0;
    const cl_error_t code =
        cl_load(folder.c_str(), engine, &signatures, CL_DB_PHISHING | CL_DB_BYTECODE | phishing);
    if (code != CL_SUCCESS)
      return Error{folder.string() + ": " + cl_strerror(code) + " (libclamav)", 0};
    loaded.signatures += signatures;
  }
  if (loaded.signatures == 0) return Error{"no virus signatures in " + names, ENOENT};
  return loaded;
}

}  // namespace sekisho::antivirus
