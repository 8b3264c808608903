#include "worker/check_sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "base/file.h"

namespace sekisho::worker {
namespace {

enum class Wanted { kWorks, kRefused };

struct Attempt {
  const char* what;
  Wanted wanted;
  std::function<bool(const Sandbox&)> does;  // false: errno says why not
};

bool opens(const std::filesystem::path& path, int flags) {
  return ::open(path.c_str(), flags | O_CLOEXEC, 0600) >= 0;
}

bool fills(const std::filesystem::path& folder, uint64_t bytes) {
  const auto file = make_unlinked_file(folder);
  if (!file) return errno = file.error().code, false;
  const std::string block(1 << 20, 'x');
  for (uint64_t at = 0; at < bytes; at += block.size())
    if (auto written = write_at(file->get(), block, at); !written)
      return errno = written.error().code, false;
  return true;
}

bool maps(uint64_t bytes, int protection) {
  return ::mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

std::vector<Attempt> attempts(const SandboxOptions& options) {
  const pid_t starter = ::getpid();
  std::vector<Attempt> all{
      {"write a file in its folder", Wanted::kWorks,
       [](const Sandbox& s) { return fills(s.small, 1 << 20); }},
      {"write a large file in its folder on disk", Wanted::kWorks,
       [o = options](const Sandbox& s) { return fills(s.large, o.small_bytes_max + (1 << 20)); }},
      {"open /etc/passwd", Wanted::kRefused,
       [](const Sandbox&) { return opens("/etc/passwd", O_RDONLY); }},
      {"open /proc/self/environ", Wanted::kRefused,
       [](const Sandbox&) { return opens("/proc/self/environ", O_RDONLY); }},
      {"make a file in /tmp", Wanted::kRefused,
       [](const Sandbox&) { return opens("/tmp", O_WRONLY | O_TMPFILE); }},
      {"make a TCP socket", Wanted::kRefused,
       [](const Sandbox&) { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
      {"make a unix socket", Wanted::kRefused,
       [](const Sandbox&) { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
      {"execute a program", Wanted::kRefused,
       [](const Sandbox&) { return ::execl("/bin/true", "true", nullptr) == 0; }},
      {"make a process", Wanted::kRefused, [](const Sandbox&) { return ::fork() >= 0; }},
      {"trace its parent", Wanted::kRefused,
       [starter](const Sandbox&) { return ::ptrace(PTRACE_SEIZE, starter, 0, 0) == 0; }},
      {"signal its parent", Wanted::kRefused,
       [starter](const Sandbox&) { return ::kill(starter, 0) == 0; }},
      {"make memory executable", Wanted::kRefused,
       [](const Sandbox&) { return maps(4096, PROT_READ | PROT_WRITE | PROT_EXEC); }},
      {"become root", Wanted::kRefused, [](const Sandbox&) { return ::setuid(0) == 0; }},
  };
#ifndef __SANITIZE_ADDRESS__
  all.push_back({"take memory over its limit", Wanted::kRefused, [o = options](const Sandbox&) {
                   return maps(o.memory_bytes_max + (1 << 20), PROT_READ | PROT_WRITE);
                 }});
#endif
  all.push_back(
      {"fill its folder over the quota", Wanted::kRefused,
       [o = options](const Sandbox& s) { return fills(s.small, o.small_bytes_max + 1); }});
  return all;
}

constexpr int kNotEntered = 255;

std::string outcome_of(int status) {
  if (WIFSIGNALED(status))
    return WTERMSIG(status) == SIGSYS ? "refused: ended by seccomp"
                                      : fmt::format("died: signal {}", WTERMSIG(status));
  if (WEXITSTATUS(status) == kNotEntered) return "the sandbox can't be entered";
  if (WEXITSTATUS(status) == 0) return "works";
  return fmt::format("refused: {}", std::strerror(WEXITSTATUS(status)));
}

SandboxTrial run(const Attempt& attempt, const SandboxOptions& options) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto sandbox = enter_sandbox(options);
    if (!sandbox) ::_exit(kNotEntered);
    ::_exit(attempt.does(*sandbox) ? 0 : errno);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child)
    return {attempt.what, "could not be tried", false};
  const std::string outcome = outcome_of(status);
  const bool works = outcome == "works";
  const bool refused = outcome.starts_with("refused");
  return {attempt.what, outcome, attempt.wanted == Wanted::kWorks ? works : refused};
}

}  // namespace

std::string SandboxTrial::text() const {
  return fmt::format("{:<44} {:<36} {}", what, outcome, as_wanted ? "ok" : "NOT AS IT SHOULD BE");
}

std::vector<SandboxTrial> try_sandbox(const SandboxOptions& options) {
  std::vector<SandboxTrial> trials;
  for (const Attempt& attempt : attempts(options)) trials.push_back(run(attempt, options));
  return trials;
}

}  // namespace sekisho::worker
