#include "worker/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>

#include "base/file.h"
#include "worker/landlock.h"
#include "worker/system_calls.h"

namespace sekisho::worker {
namespace {

constexpr unsigned kNobody = 65534;
constexpr rlim_t kDescriptorsMax = 256;
constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

Result<void> write_text(const char* path, const std::string& text) {
  const UniqueFd fd(::open(path, O_WRONLY | O_CLOEXEC));
  if (!fd) return errno_error(path);
  return write_all(fd.get(), text);
}

// The same user inside, so that files are still ours.
Result<void> unshare_as_user() {
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (::unshare(CLONE_NEWUSER | kNamespaces) != 0) return errno_error("unshare");
  for (const auto& [path, text] : {std::pair{"/proc/self/setgroups", std::string("deny")},
                                   std::pair{"/proc/self/uid_map", fmt::format("{0} {0} 1", uid)},
                                   std::pair{"/proc/self/gid_map", fmt::format("{0} {0} 1", gid)}})
    if (auto written = write_text(path, text); !written) return written;
  return {};
}

// `user` will own what stands in the tmpfs.
Result<void> mount_folders(const SandboxOptions& options, unsigned user, Sandbox& sandbox) {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return errno_error("mount /");
  const std::string settings =
      fmt::format("size={},nr_inodes=100000,mode=0700,uid={}", options.small_bytes_max, user);
  if (::mount("sekisho", options.small.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
              settings.c_str()) != 0)
    return errno_error("mount tmpfs");
  const auto large = options.small / "large";
  if (::mkdir(large.c_str(), 0700) != 0) return errno_error(large.string());
  if (::mount(options.large.c_str(), large.c_str(), nullptr, MS_BIND, nullptr) != 0)
    return errno_error("bind " + options.large.string());
  sandbox.large = large;
  return {};
}

Result<void> own_namespaces(const SandboxOptions& options, unsigned user, Sandbox& sandbox) {
  if (::geteuid() != 0 || ::unshare(kNamespaces) != 0)
    if (auto done = unshare_as_user(); !done) return done;
  return mount_folders(options, user, sandbox);
}

Result<void> drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) return errno_error("capset");
  return {};
}

Result<void> become(unsigned user, const SandboxOptions& options) {
  if (::geteuid() != user) {
    for (const auto& folder : {options.small, options.large})
      if (::chown(folder.c_str(), user, user) != 0) return errno_error(folder.string());
    if (::setgroups(0, nullptr) != 0) return errno_error("setgroups");
    if (::setresgid(user, user, user) != 0) return errno_error("setresgid");
    if (::setresuid(user, user, user) != 0) return errno_error("setresuid");
  }
  return drop_capabilities();
}

Result<void> set_limit(__rlimit_resource what, rlim_t most) {
  const rlimit limit{most, most};
  if (::setrlimit(what, &limit) != 0) return errno_error("setrlimit");
  return {};
}

[[maybe_unused]] uint64_t address_space_in_use() {
  const auto text = read_file("/proc/self/statm");
  uint64_t pages = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), pages);
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

Result<void> set_limits(const SandboxOptions& options) {
  ::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error, not the end
#ifndef __SANITIZE_ADDRESS__   // which reserves terabytes
  if (auto done = set_limit(RLIMIT_AS, address_space_in_use() + options.memory_bytes_max); !done)
    return done;
#endif
  if (auto done = set_limit(RLIMIT_FSIZE, options.file_bytes_max); !done) return done;
  if (auto done = set_limit(RLIMIT_NOFILE, kDescriptorsMax); !done) return done;
  if (auto done = set_limit(RLIMIT_NPROC, 0); !done) return done;
  return set_limit(RLIMIT_CORE, 0);
}

// A change of user has made the kernel forget whose death ends us.
Result<void> harden_process(pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno_error("pdeathsig");
  if (::getppid() != parent) ::_exit(0);
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return errno_error("dumpable");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno_error("no_new_privs");
  return {};
}

}  // namespace

std::string Sandbox::text() const { return fmt::format("{}", fmt::join(layers, " ")); }

Result<Sandbox> enter_sandbox(const SandboxOptions& options) {
  Sandbox sandbox{options.small, options.large, {}, {}};
  const pid_t parent = ::getppid();
  const unsigned user = ::geteuid() == 0 ? kNobody : ::geteuid();
  if (auto done = own_namespaces(options, user, sandbox); done)
    sandbox.layers.push_back("namespaces");
  else
    sandbox.missing.push_back("namespaces: " + done.error().message);
  if (auto done = become(user, options); !done) return done.error();
  if (auto done = set_limits(options); !done) return done.error();
  if (auto done = harden_process(parent); !done) return done.error();
  sandbox.layers.insert(sandbox.layers.end(), {"user", "rlimits"});
  if (::access(sandbox.large.c_str(), W_OK | X_OK) != 0) sandbox.large = sandbox.small;
  if (auto version = restrict_to({sandbox.small, sandbox.large}); version)
    sandbox.layers.push_back(fmt::format("landlock-{}", *version));
  else if (options.require)
    return version.error();
  else
    sandbox.missing.push_back("landlock: " + version.error().message);
  if (auto done = allow_only_worker_calls(); !done) return done.error();
  sandbox.layers.push_back("seccomp");
  return sandbox;
}

void limit_cpu_time(std::chrono::seconds more) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1);
  const rlimit limit{seconds + static_cast<rlim_t>(more.count()), RLIM_INFINITY};
  ::setrlimit(RLIMIT_CPU, &limit);
}

}  // namespace sekisho::worker
