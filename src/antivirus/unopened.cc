#include "antivirus/unopened.h"

#include <stdlib.h>
#include <unistd.h>

#include <iterator>
#include <string>

#include "antivirus/eicar.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/unique_fd.h"

namespace sekisho::antivirus {
namespace {

struct Container {
  std::string_view name;
  char target;  // libclamav's number of a kind of object: 0 any, 1 Windows program
  std::string_view offset;
  std::string_view hex;
};

// Methods that libclamav's unzip.c names but doesn't unpack; it has 0, 6, 8, 9 and 12 (APPNOTE.TXT
// §4.4.5).
#define ZIP_METHODS "(01|02|03|04|05|07|0a|0e|10|12|13|14|5d|5e|5f|60|61|62)00"

constexpr Container kContainers[] = {
    {"Zip", '0', "*", "504b0304????????" ZIP_METHODS},      // local header
    {"Zip", '0', "*", "504b0102????????????" ZIP_METHODS},  // central header
    {"Rar", '0', "0,4194304", "526172211a07(00|01)"},       // unrar looks for it so far
    {"RarProgram", '1', "*", "526172211a07(00|01)"},        // unpacks itself
    {"Ace", '0', "7", "2a2a4143452a2a"},
    {"Zstandard", '0', "0", "28b52ffd"},
    // libclamav unpacks the first of several streams, bunzip2 all.
    {"Bzip2Streams", '0', "0", "425a68??314159265359*425a68??314159265359"},
    {"Lz4", '0', "0", "04224d18"},
    {"Lzip", '0', "0", "4c5a4950"},
    {"Lzma", '0', "0", "5d0000??00ffffffffffffffff"},  // no magic; a stream of unknown length
    {"Lzma", '0', "0", "5d0000??00????????00000000"},  // less than 4 GB
    {"Compress", '0', "0", "1f9d(89|8a|8b|8c|8d|8e|8f|90)"},
    {"Zoo", '0', "20", "dca7c4fd"},
    {"StuffIt", '0', "0", "5374756666497420"},
    {"Vhd", '0', "0", "636f6e6563746978"},
    {"Vhdx", '0', "0", "7668647866696c65"},
    {"Wim", '0', "0", "4d5357494d000000"},
};

#undef ZIP_METHODS

std::string database() {
  std::string text;
  for (const Container& c : kContainers) {
    text += std::string(kUnopenedPrefix) + std::string(c.name) + ":" + c.target + ":";
    text += std::string(c.offset) + ":" + std::string(c.hex) + "\n";
  }
  // As an object of its own, with blanks behind it or not.
  text += std::string(kEicarName) + ":0:0:" + to_hex(eicar()) + "\n";
  return text;
}

}  // namespace

Result<void> load_unopened(const std::filesystem::path& scratch, cl_engine* engine) {
  std::string path = (scratch / "unopened.XXXXXX.ndb").string();
  const UniqueFd fd(::mkstemps(path.data(), 4));
  if (!fd) return errno_error("scratch " + path);
  const Result<void> written = write_all(fd.get(), database());
  unsigned loaded = 0;
  const cl_error_t code = written ? cl_load(path.c_str(), engine, &loaded, 0) : CL_EWRITE;
  ::unlink(path.c_str());
  if (code == CL_SUCCESS && loaded == std::size(kContainers) + 1) return {};
  return Error{path + ": " + cl_strerror(code) + " (libclamav)", 0};
}

}  // namespace sekisho::antivirus
