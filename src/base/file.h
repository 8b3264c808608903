// base/file.h: whole reads and writes at an offset, and files without a name.
//
// Every call retries EINTR and short transfers. Offsets and sizes are bytes.

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sekisho {

// Fills `buffer` from `offset`; fewer bytes only at the end of the file.
Result<size_t> read_at(int fd, std::span<char> buffer, uint64_t offset);
Result<void> write_at(int fd, std::string_view bytes, uint64_t offset);
Result<void> write_all(int fd, std::string_view bytes);

Result<uint64_t> file_size(int fd);
// A file of at most `bytes_max` bytes; for configuration and rules, never for mail.
Result<std::string> read_file(const std::filesystem::path& path, size_t bytes_max = 64 << 20);

// A file in `directory` that has no name from the start (O_TMPFILE; unlinked at once where the file
// system lacks it). Read and write.
Result<UniqueFd> make_unlinked_file(const std::filesystem::path& directory);
// The same file once more, for reading only: what a worker gets can't be written through.
Result<UniqueFd> reopen_read_only(int fd);

// Removes what processes that have ended left in `folder`: entries named PREFIX and their pid.
void remove_left_by_the_dead(const std::filesystem::path& folder, std::string_view prefix);

}  // namespace sekisho
