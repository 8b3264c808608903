// antivirus/unopened.h: the containers that libclamav passes over in silence, as signatures.
//
// An archive in a format it can't open, or a zip member compressed in a way it doesn't know (7-Zip
// writes LZMA and zstd; recent Windows reads them), is plain bytes to libclamav and so "clean". A
// signature finds them wherever they are packed; its name makes the object `unscanned` instead of
// infected.
//
// Not covered: 7z archives with methods that libclamav lacks, since 7z hides them in a compressed
// header. Those that are parts of a message attachment/seven_zip_folders.h sees.

#pragma once

#include <clamav.h>

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace sekisho::antivirus {

inline constexpr std::string_view kUnopenedPrefix = "Sekisho.Unopened.";

// libclamav loads from files only: one stands in `scratch` meanwhile.
// EICAR's own signature comes with them, so that a self-test means something whatever the databases
// hold; its name is not reported where theirs are.
inline constexpr std::string_view kEicarName = "Sekisho.Eicar-Test-File";
Result<void> load_unopened(const std::filesystem::path& scratch, cl_engine* engine);

}  // namespace sekisho::antivirus
