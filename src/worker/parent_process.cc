#include "worker/parent_process.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "worker/channel.h"
#include "worker/prefork.h"

namespace sekisho::worker {
namespace {

// What posix_spawn needs, freed on every path.
class SpawnPlan {
 public:
  explicit SpawnPlan(int control) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_adddup2(&actions_, control, kControlFd);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kControlFd + 1);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int run(const std::vector<std::string>& argv, pid_t& pid) {
    std::vector<char*> pointers;
    for (const std::string& argument : argv)
      pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    return ::posix_spawn(&pid, pointers[0], &actions_, &attributes_, pointers.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

Result<ParentProcess> ParentProcess::spawn(const std::vector<std::string>& argv) {
  if (argv.empty()) return Error{"no program to start", EINVAL};
  Result<ChannelPair> pair = make_channel_pair();
  if (!pair) return pair.error();
  pid_t pid = -1;
  const int failed = SpawnPlan(pair->other.get()).run(argv, pid);
  if (failed != 0) return errno_error(argv[0], failed);
  // No wrapper in glibc 2.36's <unistd.h>; close-on-exec by nature.
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const int code = errno;
  ParentProcess process(pid, std::move(pair->one), std::move(pidfd));
  if (process.pidfd() < 0) return errno_error("pidfd_open", code);
  return process;
}

ParentProcess::ParentProcess(pid_t pid, UniqueFd control, UniqueFd pidfd)
    : pid_(pid), control_(std::move(control)), pidfd_(std::move(pidfd)) {}

ParentProcess::ParentProcess(ParentProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      control_(std::move(other.control_)),
      pidfd_(std::move(other.pidfd_)),
      end_(std::move(other.end_)) {}

ParentProcess::~ParentProcess() { end_within(std::chrono::milliseconds(0)); }

void ParentProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

bool ParentProcess::reap() {
  if (pid_ <= 0) return true;
  int status = 0;
  const pid_t gone = ::waitpid(pid_, &status, WNOHANG);
  if (gone == 0 || (gone < 0 && errno == EINTR)) return false;
  note_end(gone == pid_ ? status : 0);
  return true;
}

void ParentProcess::end_within(std::chrono::milliseconds wait) {
  if (pid_ <= 0) return;
  pollfd watched{pidfd_.get(), POLLIN, 0};
  if (wait.count() > 0 && watched.fd >= 0) ::poll(&watched, 1, static_cast<int>(wait.count()));
  if (reap()) return;
  kill();
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  note_end(status);
}

void ParentProcess::note_end(int status) {
  pid_ = -1;
  end_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace sekisho::worker
