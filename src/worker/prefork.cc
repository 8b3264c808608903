#include "worker/prefork.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <vector>

#include "base/log.h"
#include "worker/channel.h"

namespace sekisho::worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kYoung{1000};
constexpr milliseconds kDelayMin{50};
constexpr milliseconds kDelayMax{2000};

struct Child {
  uint64_t serial;
  pid_t pid;
  UniqueFd pidfd;
  steady_clock::time_point born;
  bool used;  // has been given a job
};

// In the child, after fork: nothing of the parent's signal set-up, and no life without it.
void leave_the_parent(pid_t parent) {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // it died before the prctl
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

class Prefork {
 public:
  Prefork(int control, const PreforkOptions& options, const std::function<void(int)>& worker_main)
      : control_(control), options_(options), worker_main_(worker_main) {}

  int run() {
    while (!closed_ && !(retiring_ && children_.empty())) {
      while (!closed_ && wants_worker() && steady_clock::now() >= fork_at_) fork_worker();
      if (!closed_) wait_for_events();
    }
    for (const Child& child : children_) ::kill(child.pid, SIGKILL);
    for (const Child& child : children_) ::waitpid(child.pid, nullptr, 0);
    return 0;
  }

 private:
  bool wants_worker() const { return !retiring_ && children_.size() < options_.workers; }

  void fork_worker() {
    Result<ChannelPair> pair = make_channel_pair();
    if (!pair) return delay_forks(pair.error());
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return delay_forks(errno_error("fork"));
    if (pid == 0) {
      leave_the_parent(parent);
      ::close(control_);
      pair->one.reset();
      children_.clear();  // their pidfds
      worker_main_(pair->other.get());
      ::_exit(0);
    }
    // pidfd_open has no wrapper in glibc 2.36's <unistd.h>. It can't miss the child: only we reap
    // it.
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) {
      delay_forks(errno_error("pidfd_open"));
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
      return;
    }
    const uint64_t serial = ++last_serial_;
    children_.push_back({serial, pid, std::move(pidfd), steady_clock::now(), false});
    const std::string hello = "worker " + std::to_string(serial) + " " + std::to_string(pid);
    if (!send_message(control_, hello, pair->one.get())) closed_ = true;
  }

  void wait_for_events() {
    std::vector<pollfd> watched{{control_, POLLIN, 0}};
    for (const Child& child : children_) watched.push_back({child.pidfd.get(), POLLIN, 0});
    if (::poll(watched.data(), watched.size(), wait_milliseconds()) < 0) return;
    if (watched[0].revents != 0) read_control();  // first: it says who was used
    for (size_t i = watched.size() - 1; i > 0; --i)
      if (watched[i].revents != 0) reap(i - 1);
  }

  int wait_milliseconds() const {
    if (!wants_worker()) return -1;
    const auto left = std::chrono::ceil<milliseconds>(fork_at_ - steady_clock::now());
    return static_cast<int>(std::max<milliseconds::rep>(left.count(), 0));
  }

  void reap(size_t index) {
    const Child& child = children_[index];
    int status = 0;
    if (::waitpid(child.pid, &status, WNOHANG) != child.pid) return;
    const bool killed_by_us = WIFSIGNALED(status) && std::erase(killed_, child.serial) > 0;
    if (!killed_by_us && status != 0)
      log_warning("worker died", {{"pid", child.pid}, {"by", how_it_ended(status)}});
    const bool young = !child.used && steady_clock::now() - child.born < kYoung;
    children_.erase(children_.begin() + static_cast<ptrdiff_t>(index));
    young_deaths_ = young ? young_deaths_ + 1 : 0;
    if (young_deaths_ > 0) delay_forks();
  }

  void delay_forks(const Error& why) {
    log_error("no new worker", {{"why", why.message}});
    ++young_deaths_;
    delay_forks();
  }

  void delay_forks() {
    const milliseconds delay = kDelayMin * (1 << std::min<size_t>(young_deaths_, 6));
    fork_at_ = steady_clock::now() + std::min(delay, kDelayMax);
  }

  void read_control() {
    while (!closed_) {
      Result<Received> got = receive_message(control_, Wait::kNo);
      if (got && got->kind == Received::Kind::kNothing) return;
      closed_ = !got || !got->is_message();
      if (!closed_) obey(got->bytes);
    }
  }

  // "used SERIAL", "kill SERIAL" or "retire"
  void obey(std::string_view order) {
    if (order == "retire") retiring_ = true;
    const size_t blank = std::min(order.find(' '), order.size() - 1);
    uint64_t serial = 0;
    std::from_chars(order.data() + blank + 1, order.data() + order.size(), serial);
    for (Child& child : children_) {
      if (child.serial != serial) continue;
      if (order.starts_with("used")) child.used = true;
      if (!order.starts_with("kill")) continue;
      killed_.push_back(serial);
      ::kill(child.pid, SIGKILL);
    }
  }

  const int control_;
  const PreforkOptions& options_;
  const std::function<void(int)>& worker_main_;
  std::vector<Child> children_;
  std::vector<uint64_t> killed_;  // serials, until reaped
  uint64_t last_serial_ = 0;
  size_t young_deaths_ =
      0;  // in a row, of workers that had no job: then messages are not the cause
  steady_clock::time_point fork_at_{};
  bool retiring_ = false;
  bool closed_ = false;
};

}  // namespace

Result<std::string> receive_setup(int control) {
  Result<Received> got = receive_message(control);
  if (!got) return got.error();
  if (!got->is_message()) return Error{"the pool is gone", EPIPE};
  return std::move(got->bytes);
}

int report_failed(int control, std::string_view why) {
  const std::string message = "failed " + std::string(why.substr(0, kMessageBytesMax / 2));
  if (!send_message(control, message)) log_error("no pool", {{"why", why}});
  return 1;
}

int run_prefork(int control, const PreforkOptions& options,
                const std::function<void(int channel)>& worker_main) {
  const std::string ready = "ready " + options.ready_text.substr(0, kMessageBytesMax / 2);
  if (!send_message(control, ready)) return 0;
  return Prefork(control, options, worker_main).run();
}

void serve_jobs(int channel, const Answer& answer) {
  for (;;) {
    Result<Received> job = receive_message(channel);
    if (!job) log_error("job lost", {{"why", job.error().message}});
    if (!job || !job->is_message()) return;
    const Result<void> sent = send_message(channel, answer(job->bytes, std::move(job->fd)));
    if (!sent) {
      if (sent.error().code != EPIPE) log_error("no answer", {{"why", sent.error().message}});
      return;
    }
  }
}

}  // namespace sekisho::worker
