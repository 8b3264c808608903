#include "worker/system_calls.h"

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

namespace sekisho::worker {
namespace {

int status_of_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

bool is_refused(long result) { return result == -1 && errno == EPERM; }

TEST(SystemCalls, TheFrontCantTraceNorUseKeyringsAndStillStartsOthers) {
  EXPECT_EQ(0, status_of_child(
                   [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : 1; }));
  EXPECT_EQ(0, status_of_child([] {
              if (!forbid_powerful_calls()) return 1;
              if (!is_refused(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr))) return 2;
              if (!is_refused(::syscall(SYS_keyctl, 0, -3, 0, 0, 0))) return 3;
              if (!is_refused(::syscall(SYS_bpf, 0, nullptr, 0))) return 4;
              return status_of_child([] { return ::execl("/bin/true", "true", nullptr); });
            }));
}

}  // namespace
}  // namespace sekisho::worker
