// worker/landlock.h: restricts this process to files below given folders (Linux 5.13 and later).
//
//   Result<int> version = restrict_to({"/dev/shm/x"});
//
// Handles every right of the kernel's Landlock version: outside of `folders` nothing can be opened,
// executed, made or removed; from version 4 on no TCP port is bound or connected to, from 6 on no
// signal is sent to and no abstract socket connected to a process outside.
//
// Returns the Landlock version. Error ENOSYS or EOPNOTSUPP where the kernel has none.
// Source: landlock(7), the kernel's Documentation/userspace-api/landlock.rst.

#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace sekisho::worker {

Result<int> restrict_to(const std::vector<std::filesystem::path>& folders);

}  // namespace sekisho::worker
