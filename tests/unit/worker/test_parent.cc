#include "test_parent.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/file.h"
#include "worker/channel.h"
#include "worker/prefork.h"

namespace sekisho::worker {
namespace {

constexpr char kFlag[] = "--as-pool-parent";

[[noreturn]] void hang() {
  for (;;) ::pause();
}

// True for the first caller only, in whatever process.
bool first_time(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600)).get() >= 0;
}

std::string read_answer(int fd) {
  char block[100];
  const Result<size_t> n = read_at(fd, block, 0);
  return n ? std::string(block, *n) : n.error().message;
}

std::string own_setup;  // what this parent was given

std::string worker_answer(std::string_view job, UniqueFd fd) {
  const size_t blank = std::min(job.find(' '), job.size());
  const std::string_view verb = job.substr(0, blank);
  const std::string rest(job.substr(std::min(blank + 1, job.size())));
  if (verb == "echo") return rest;
  if (verb == "big") return std::string(std::stoul(rest), 'x');
  if (verb == "pids") return std::to_string(::getpid()) + " " + std::to_string(::getppid());
  if (verb == "read") return read_answer(fd.get());
  if (verb == "write") return write_at(fd.get(), "x", 0) ? "written" : "refused";
  if (verb == "crash") ::abort();
  if (verb == "hang") hang();
  if (verb == "crash-once" && first_time(rest)) ::abort();
  if (verb == "hang-once" && first_time(rest)) hang();
  if (verb == "wait-for")
    while (::access(rest.c_str(), F_OK) != 0) ::poll(nullptr, 0, 1);
  if (verb == "kill-parent") ::kill(::getppid(), SIGKILL), hang();
  if (verb == "setup") return own_setup;
  if (verb == "touch") first_time(rest);
  if (verb == "leave") ::_exit(0);
  if (verb == "oversize") return std::string(kMessageBytesMax + 1, 'x');
  return "done";
}

int parent_main() {
  const Result<std::string> setup = receive_setup(kControlFd);
  if (!setup) return 2;
  if (setup->starts_with("fail ")) return report_failed(kControlFd, setup->substr(5));
  if (*setup == "exit") return 7;
  if (*setup == "silent") hang();
  // Nothing but the standard streams and the control socket may have come along.
  if (::fcntl(kControlFd + 1, F_GETFD) >= 0) return report_failed(kControlFd, "open descriptor");
  own_setup = *setup;
  const size_t workers = std::stoul(setup->substr(8));
  return run_prefork(kControlFd, {.workers = workers, .ready_text = "loaded"},
                     [](int channel) { serve_jobs(channel, worker_answer); });
}

std::string own_command_line() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Before main(), so that gtest_main stays the tests' own.
const bool is_parent = [] {
  const std::string line = own_command_line();
  if (line.find(kFlag) != std::string::npos) ::_exit(parent_main());
  return false;
}();

}  // namespace

PoolOptions test_pool(std::string setup) {
  PoolOptions options;
  options.argv = {"/proc/self/exe", kFlag};
  options.setup = std::move(setup);
  return options;
}

bool run_until(Pool& pool, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) {
      ADD_FAILURE() << "the pool did not get there";
      return false;
    }
    // Short waits, since what `done` watches may be outside the pool; but dispatch() only when the
    // pool asks for it, so that a lost wake-up fails a test.
    const auto next = pool.next_timeout();
    pollfd watched{pool.event_fd(), POLLIN, 0};
    const int readable = ::poll(&watched, 1, next && *next <= now ? 0 : 5);
    if (readable > 0 || (next && *next <= std::chrono::steady_clock::now())) pool.dispatch();
  }
  return true;
}

}  // namespace sekisho::worker
