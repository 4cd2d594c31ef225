#include "examine/sandbox.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/c_handle.h"
#include "base/sanitizer.h"

namespace assay {
namespace {

Error no_sandbox(const char* what, int number = errno) {
  return undecided("no-sandbox", std::string(what) + ": " + std::strerror(number));
}

/// Standard streams lead nowhere; of the rest only the two stay.
bool drop_descriptors(const SealOptions& options) {
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere < 0) return false;
  for (int fd = 0; fd <= 2; ++fd) {
    if (::dup2(nowhere, fd) < 0) return false;
  }
  const int low = std::min(options.snapshot, options.result);
  const int high = std::max(options.snapshot, options.result);
  const auto close = [](int first, int last) {
    return first > last ||
           ::close_range(static_cast<unsigned>(first), static_cast<unsigned>(last), 0) == 0;
  };
  return close(3, low - 1) && close(low + 1, high - 1) &&
         ::close_range(static_cast<unsigned>(high) + 1, ~0U, 0) == 0;
}

bool limit(__rlimit_resource what, std::uint64_t value) {
  const rlimit both{.rlim_cur = value, .rlim_max = value};
  return ::setrlimit(what, &both) == 0;
}

bool lower_limits(const SealOptions& options) {
#if !ASSAY_ASAN  // its shadow needs terabytes of address space
  if (options.memory_bytes != 0 && !limit(RLIMIT_AS, options.memory_bytes)) return false;
#endif
  if (options.cpu_seconds != 0 && !limit(RLIMIT_CPU, options.cpu_seconds)) return false;
  return limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_MEMLOCK, 0) &&
         limit(RLIMIT_NOFILE, std::uint64_t{1} + static_cast<unsigned>(std::max(
                                                     options.snapshot, options.result)));
}

/// Landlock by its system calls (kernel Documentation/userspace-api/landlock.rst):
/// Debian 12's header knows only the first two versions. The version reached, or 0.
int restrict_landlock() {
  struct Attributes {
    std::uint64_t handled_fs, handled_net, scoped;
  };
  constexpr long kCreate = 444, kRestrict = 446;
  constexpr unsigned kAskVersion = 1;
  const long version = ::syscall(kCreate, nullptr, 0, kAskVersion);
  if (version < 1) return 0;
  // Rights a version adds: 13 for files at first, REFER 2, TRUNCATE 3, network 4,
  // IOCTL_DEV 5, scopes 6.
  const int file_rights = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
  const Attributes attributes{.handled_fs = (std::uint64_t{1} << file_rights) - 1,
                              .handled_net = version >= 4 ? 3U : 0U,
                              .scoped = version >= 6 ? 3U : 0U};
  const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  const int rules = static_cast<int>(::syscall(kCreate, &attributes, size, 0));
  if (rules < 0) return 0;
  const bool restricted = ::syscall(kRestrict, rules, 0) == 0;
  ::close(rules);
  return restricted ? static_cast<int>(version) : 0;
}

using Filter = CHandle<void, seccomp_release>;

bool allow(scmp_filter_ctx filter, std::initializer_list<int> calls) {
  for (const int call : calls) {
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) return false;
  }
  return true;
}

bool allow_if(scmp_filter_ctx filter, int call, scmp_arg_cmp argument) {
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &argument) == 0;
}

/// Computing needs memory that is never executable, threads of this process,
/// and the ways to wait and to end.
bool add_rules(scmp_filter_ctx filter, const SealOptions& options) {
  constexpr std::uint64_t kThread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
  const auto fd = [](int value) {
    return scmp_arg_cmp{
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = static_cast<unsigned>(value), .datum_b = 0};
  };
  const scmp_arg_cmp not_executable{
      .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
  const scmp_arg_cmp a_thread{
      .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = kThread, .datum_b = kThread};
  const scmp_arg_cmp ourselves{.arg = 0,
                               .op = SCMP_CMP_EQ,
                               .datum_a = static_cast<std::uint64_t>(::getpid()),
                               .datum_b = 0};
  return allow(filter,
               {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
                SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction),
                SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(clock_gettime),
                SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
                SCMP_SYS(sched_getaffinity), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
                SCMP_SYS(restart_syscall)}) &&
#if ASSAY_ASAN
         allow(filter, {SCMP_SYS(sigaltstack), SCMP_SYS(mincore)}) &&
#endif
         allow_if(filter, SCMP_SYS(pread64), fd(options.snapshot)) &&
         allow_if(filter, SCMP_SYS(write), fd(options.result)) &&
         allow_if(filter, SCMP_SYS(mmap), not_executable) &&
         allow_if(filter, SCMP_SYS(mprotect), not_executable) &&
         allow_if(filter, SCMP_SYS(clone), a_thread) &&
         allow_if(filter, SCMP_SYS(tgkill), ourselves) &&
         // What glibc says before it aborts is not heard, and the signal is SIGABRT.
         seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(writev), 0) == 0 &&
         // glibc then starts threads by clone, whose flags can be looked at.
         seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/// 0, or the errno of why not.
int load_seccomp(const SealOptions& options) {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (filter == nullptr) return ENOSYS;  // no KILL_PROCESS here
  if (seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
      // The kernel's own number, not libseccomp's ECANCELED for all of them.
      seccomp_attr_set(filter.get(), SCMP_FLTATR_API_SYSRAWRC, 1) != 0 ||
      !add_rules(filter.get(), options)) {
    return EINVAL;
  }
  return -seccomp_load(filter.get());
}

}  // namespace

Result<Wall> seal_process(const SealOptions& options) {
  if (!drop_descriptors(options)) return no_sandbox("cannot let go of descriptors");
  if (!lower_limits(options)) return no_sandbox("cannot lower the limits");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return no_sandbox("cannot become undumpable");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return no_sandbox("no_new_privs");
  Wall wall{.rlimits = true, .landlock_abi = restrict_landlock()};
  const int number = load_seccomp(options);
  if (number != 0 && !options.best_effort) return no_sandbox("seccomp", number);
  wall.seccomp = number == 0;
  return wall;
}

}  // namespace assay
