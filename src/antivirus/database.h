// antivirus/database.h: finds databases and loads them into a libclamav engine.
//
// Memory: the engine's.  Process: inspector parent, `sekisho scan`.

#pragma once

#include <clamav.h>

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace sekisho::antivirus {

struct Loaded {
  size_t signatures = 0;
};

// Loads every database of every folder. Folders that are missing or hold none are passed over; what
// is there and can't be read or parsed is an Error, as are no signatures at all.
Result<Loaded> load_databases(const std::vector<std::filesystem::path>& folders, cl_engine* engine);

}  // namespace sekisho::antivirus
