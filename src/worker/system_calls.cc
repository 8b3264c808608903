#include "worker/system_calls.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>

namespace sekisho::worker {
namespace {

constexpr int kAllowed[] = {
    // channel, log
    SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(write),
    SCMP_SYS(writev), SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(close),
    // spool, scratch, what archives are unpacked to (where: Landlock)
    SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(stat),
    SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(open), SCMP_SYS(openat),
    SCMP_SYS(ftruncate), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(getdents64),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(fcntl), SCMP_SYS(dup),
    SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    // memory
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    // time, locks, signals of its own, the end
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times), SCMP_SYS(getrusage), SCMP_SYS(futex),
    SCMP_SYS(sched_yield), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group)};

constexpr int kForbidden[] = {
    // other processes
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(process_madvise),
    // the kernel
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(iopl),
    SCMP_SYS(ioperm), SCMP_SYS(modify_ldt), SCMP_SYS(personality), SCMP_SYS(lookup_dcookie),
    // keyrings
    SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
    // the machine
    SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime), SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname), SCMP_SYS(quotactl), SCMP_SYS(syslog), SCMP_SYS(vhangup),
    SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(mknod), SCMP_SYS(mknodat),
    SCMP_SYS(open_by_handle_at), SCMP_SYS(fanotify_init)};

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

Result<void> check(int code, const char* what) {
  if (code == 0) return {};
  return Error{std::string("seccomp: ") + what, -code};
}

Result<void> add_rule(scmp_filter_ctx filter, uint32_t action, int call) {
  const int code = seccomp_rule_add(filter, action, call, 0);
  // A call that this architecture doesn't have needs no rule.
  return check(code == -EDOM ? 0 : code, "rule");
}

Result<void> allow_without_exec(scmp_filter_ctx filter, int call) {
  return check(
      seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)),
      "memory");
}

// setrlimit() of glibc is prlimit64(0, …).
Result<void> allow_cpu_limit(scmp_filter_ctx filter) {
  return check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                                SCMP_A0(SCMP_CMP_EQ, 0, 0), SCMP_A1(SCMP_CMP_EQ, RLIMIT_CPU, 0)),
               "limits");
}

}  // namespace

Result<void> allow_only_worker_calls() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  if (!filter) return Error{"seccomp: no filter", ENOMEM};
  for (const int call : kAllowed)
    if (auto done = add_rule(filter.get(), SCMP_ACT_ALLOW, call); !done) return done;
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
    if (auto done = allow_without_exec(filter.get(), call); !done) return done;
  if (auto done = allow_cpu_limit(filter.get()); !done) return done;
  return check(seccomp_load(filter.get()), "load");
}

// libseccomp sets no_new_privs with the filter.
Result<void> forbid_powerful_calls() {
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  if (!filter) return Error{"seccomp: no filter", ENOMEM};
  for (const int call : kForbidden)
    if (auto done = add_rule(filter.get(), SCMP_ACT_ERRNO(EPERM), call); !done) return done;
  return check(seccomp_load(filter.get()), "load");
}

}  // namespace sekisho::worker
