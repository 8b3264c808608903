#include "worker/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "base/unique_fd.h"

namespace sekisho::worker {
namespace {

// The kernel's landlock_ruleset_attr as of version 6; Debian 12's header knows its first field
// only.
struct RulesetAttributes {
  uint64_t handled_files = 0;
  uint64_t handled_network = 0;
  uint64_t scoped = 0;
};

constexpr uint64_t bits(unsigned count) { return (uint64_t{1} << count) - 1; }

constexpr uint64_t kTruncate = uint64_t{1} << 14;  // version 3

// How many of the file rights each version knows: they were added one by one.
uint64_t file_rights(int version) {
  if (version == 1) return bits(13);
  if (version == 2) return bits(14);  // refer
  if (version <= 4) return bits(15);  // truncate
  return bits(16);                    // ioctl on devices
}

RulesetAttributes all_of(int version) {
  RulesetAttributes attributes;
  attributes.handled_files = file_rights(version);
  if (version >= 4) attributes.handled_network = bits(2);  // bind and connect of TCP
  if (version >= 6) attributes.scoped = bits(2);           // abstract sockets and signals
  return attributes;
}

size_t attributes_size(int version) {
  if (version < 4) return sizeof(uint64_t);
  return version < 6 ? 2 * sizeof(uint64_t) : sizeof(RulesetAttributes);
}

uint64_t rights_in_a_folder(int version) {
  uint64_t rights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
                    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                    LANDLOCK_ACCESS_FS_MAKE_REG;
  if (version >= 3) rights |= kTruncate;
  return rights;
}

Result<void> allow(int ruleset, const std::filesystem::path& folder, uint64_t rights) {
  const UniqueFd fd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return errno_error(folder.string());
  landlock_path_beneath_attr below{};
  below.allowed_access = rights;
  below.parent_fd = fd.get();
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0)
    return errno_error("landlock_add_rule");
  return {};
}

}  // namespace

Result<int> restrict_to(const std::vector<std::filesystem::path>& folders) {
  const auto version = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (version < 1) return errno_error("landlock");
  const RulesetAttributes attributes = all_of(version);
  const UniqueFd ruleset(static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &attributes, attributes_size(version), 0)));
  if (!ruleset) return errno_error("landlock_create_ruleset");
  for (const auto& folder : folders)
    if (auto allowed = allow(ruleset.get(), folder, rights_in_a_folder(version)); !allowed)
      return allowed.error();
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
    return errno_error("landlock_restrict_self");
  return version;
}

}  // namespace sekisho::worker
