#include "examine/sandboxed.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>

#include "base/sanitizer.h"
#include "examine/allocation.h"
#include "examine/sandbox.h"
#include "examine/testing.h"

namespace assay {
namespace {

/// Runs `attack` in a sealed child; the wait status.
int sealed(const std::function<void()>& attack) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const int snapshot = ::memfd_create("snapshot", 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (!seal_process({.snapshot = snapshot, .result = ends[1]})) ::_exit(99);
    attack();
    ::_exit(0);
  }
  ::close(ends[0]);
  ::close(ends[1]);
  ::close(snapshot);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

struct Attack {
  const char* name;
  std::function<void()> run;
};

/// What a process that was taken over would try; `parent` is whom it would harm.
std::vector<Attack> attacks_on(pid_t parent) {
  const auto call = [](long number, long a = 0, long b = 0, long c = 0, long d = 0) {
    return [=] { ::syscall(number, a, b, c, d); };
  };
  static char path[] = "/etc/passwd";
  static char name[] = "x";
  const auto p = [](void* pointer) { return reinterpret_cast<long>(pointer); };
  return {
    {"open", call(SYS_open, p(path), O_RDONLY)},
        {"openat", call(SYS_openat, AT_FDCWD, p(path), O_RDONLY)},
        {"openat2", call(SYS_openat2, AT_FDCWD, p(path), 0, 0)},
        {"creat", call(SYS_creat, p(name), 0600)}, {"unlink", call(SYS_unlink, p(name))},
        {"rename", call(SYS_rename, p(name), p(path))},
        {"stat", call(SYS_newfstatat, AT_FDCWD, p(path), 0, 0)},
        {"readlink", call(SYS_readlink, p(path), 0, 0)},
        {"socket", call(SYS_socket, AF_INET, SOCK_STREAM, 0)},
        {"socketpair", call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 0)},
        {"connect", call(SYS_connect, 0, 0, 0)}, {"fork", call(SYS_fork)},
        {"vfork as clone", call(SYS_clone, SIGCHLD, 0, 0, 0)},
        {"execve", call(SYS_execve, p(path), 0, 0)},
        {"execveat", call(SYS_execveat, AT_FDCWD, p(path), 0, 0)},
        {"ptrace", call(SYS_ptrace, PTRACE_ATTACH, parent, 0, 0)},
        {"process_vm_readv", call(SYS_process_vm_readv, parent, 0, 0, 0)},
        {"process_vm_writev", call(SYS_process_vm_writev, parent, 0, 0, 0)},
        {"kill the parent", call(SYS_kill, parent, SIGKILL)},
        {"tgkill the parent", call(SYS_tgkill, parent, parent, SIGKILL)},
        {"mprotect executable",
         [] {
           void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
           ::syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
         }},
        {"mmap executable",
         call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS)},
        {"write elsewhere", call(SYS_write, 2, p(name), 1)},
        {"pwrite", call(SYS_pwrite64, 3, p(name), 1, 0)},
        {"read elsewhere", call(SYS_pread64, 0, p(name), 1, 0)}, {"dup", call(SYS_dup, 0)},
        {"ioctl", call(SYS_ioctl, 0, 0x5412, p(name))},
        {"prctl", call(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0)},
        {"seccomp", call(SYS_seccomp, 0, 0, 0)}, {"bpf", call(SYS_bpf, 0, 0, 0)},
        {"io_uring_setup", call(SYS_io_uring_setup, 1, 0)},
        {"userfaultfd", call(SYS_userfaultfd, 0)}, {"keyctl", call(SYS_keyctl, 0, 0, 0)},
        {"memfd_create", call(SYS_memfd_create, p(name), 0)},
        {"shmget", call(SYS_shmget, 0, 4096, 0)}, {"setuid", call(SYS_setuid, 0)},
        {"unshare", call(SYS_unshare, 0x10000000)}, {"mount", call(SYS_mount, 0, 0, 0, 0)},
        {"pidfd_open", call(SYS_pidfd_open, parent, 0)},
        {"setrlimit", call(SYS_prlimit64, 0, 7, 0, 0)},
        {"chmod", call(SYS_chmod, p(name), 0777)},
        {"fchmodat", call(SYS_fchmodat, AT_FDCWD, p(name), 0777)},
        {"chown", call(SYS_chown, p(name), 0, 0)}, {"link", call(SYS_link, p(path), p(name))},
        {"symlink", call(SYS_symlink, p(path), p(name))},
        {"mkdir", call(SYS_mkdir, p(name), 0700)}, {"rmdir", call(SYS_rmdir, p(name))},
        {"mknod", call(SYS_mknod, p(name), 0600, 0)},
        {"truncate", call(SYS_truncate, p(name), 0)}, {"ftruncate", call(SYS_ftruncate, 3, 0)},
        {"close", call(SYS_close, 3)}, {"writev elsewhere", call(SYS_pwritev, 3, 0, 0, 0)},
        {"sendto", call(SYS_sendto, 3, p(name), 1, 0)}, {"sendmsg", call(SYS_sendmsg, 3, 0, 0)},
        {"splice", call(SYS_splice, 3, 0, 4, 0)}, {"sendfile", call(SYS_sendfile, 4, 3, 0, 1)},
        {"copy_file_range", call(SYS_copy_file_range, 3, 0, 4, 0)},
        {"chroot", call(SYS_chroot, p(path))},
        {"pivot_root", call(SYS_pivot_root, p(path), p(path))},
        {"umount", call(SYS_umount2, p(path), 0)},
        {"open_tree", call(SYS_open_tree, AT_FDCWD, p(path), 0)},
        {"fsopen", call(SYS_fsopen, p(name), 0)},
        {"move_mount", call(SYS_move_mount, 0, 0, 0, 0)}, {"setns", call(SYS_setns, 3, 0)},
        {"name_to_handle_at", call(SYS_name_to_handle_at, AT_FDCWD, p(path), 0, 0)},
        {"open_by_handle_at", call(SYS_open_by_handle_at, 3, 0, 0)},
        {"clone into new namespaces", call(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0)},
        {"clone that shares less", call(SYS_clone, 0x100 | SIGCHLD, 0, 0, 0)},
        {"pidfd_send_signal", call(SYS_pidfd_send_signal, 3, SIGKILL, 0, 0)},
        {"pidfd_getfd", call(SYS_pidfd_getfd, 3, 0, 0)},
        {"rt_sigqueueinfo", call(SYS_rt_sigqueueinfo, parent, SIGKILL, 0)},
        {"tkill the parent", call(SYS_tkill, parent, SIGKILL)},
        {"ptrace itself", call(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0)},
        {"kcmp", call(SYS_kcmp, parent, parent, 0, 0)},
        {"process_madvise", call(SYS_process_madvise, 3, 0, 0, 0)},
        {"memfd_secret", call(447, 0)},
        {"pkey_mprotect", call(SYS_pkey_mprotect, 0, 4096, PROT_EXEC, 0)},
        {"remap_file_pages", call(SYS_remap_file_pages, 0, 4096, 0, 0)},
        {"shmat", call(SYS_shmat, 0, 0, 0)}, {"msgget", call(SYS_msgget, 0, 0)},
        {"semget", call(SYS_semget, 0, 1, 0)},
        {"mq_open", call(SYS_mq_open, p(name), O_CREAT, 0600, 0)},
        {"io_uring_enter", call(SYS_io_uring_enter, 3, 1, 0, 0)},
        {"io_setup", call(SYS_io_setup, 1, 0)},
        {"add_key", call(SYS_add_key, p(name), p(name), 0, 0)},
        {"request_key", call(SYS_request_key, p(name), p(name), 0, 0)},
        {"perf_event_open", call(SYS_perf_event_open, 0, 0, 0, 0)},
        {"fanotify_init", call(SYS_fanotify_init, 0, 0)},
        {"inotify_init", call(SYS_inotify_init1, 0)},
        {"personality", call(SYS_personality, 0x0040000)},
        {"init_module", call(SYS_init_module, 0, 0, p(name))},
        {"reboot", call(SYS_reboot, 0, 0, 0)},
        {"another filter", call(SYS_prctl, PR_SET_SECCOMP, 2, 0)},
        {"landlock_create_ruleset", call(444, 0, 0, 1)},
        {"sched_setaffinity", call(SYS_sched_setaffinity, parent, 0, 0)},
        {"setpriority", call(SYS_setpriority, 0, parent, 19)},
        {"getdents", call(SYS_getdents64, 3, 0, 0)},
        {"a clock to set", call(SYS_clock_settime, 0, 0)},
#if defined(__x86_64__)
        {"a call of the x32 world", call(SYS_getpid | 0x40000000)},
#endif
  };
}

TEST_CASE("a sealed process that reaches out is ended by SIGSYS") {
  const std::vector<Attack> attacks = attacks_on(::getpid());
  std::size_t ended = 0;
  for (const Attack& attack : attacks) {
    CAPTURE(attack.name);
    const int status = sealed(attack.run);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGSYS);
    ended += WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? 1 : 0;
  }
  MESSAGE(fmt::format("{} of {} attacks ended by the wall", ended, attacks.size()));
}

#if defined(__x86_64__)
TEST_CASE("the 32-bit way into the kernel is closed") {
  const int status = sealed([] {
    long number = 20;  // getpid there, which is allowed by its own number
    asm volatile("int $0x80" : "+a"(number) : : "memory");
  });
  CHECK(WIFSIGNALED(status));  // SIGSYS, or SIGSEGV where the kernel has no such way
}
#endif

TEST_CASE("a sealed process can still do its work") {
  const int status = sealed([] {
    std::vector<char> memory(std::size_t{8} << 20, 'x');
    if (memory.back() != 'x') ::_exit(1);
    if (std::getenv("PATH") != nullptr && ::write(2, "", 0) == 0) ::_exit(2);
  });
  // The environment is the nursery's to wipe, so only the memory counts here.
  CHECK((WIFEXITED(status) || WTERMSIG(status) == SIGSYS));
}

using testing::examine_with;
using testing::only_problem;

void crash() {
  ::raise(SIGSEGV);
}
void abort_like_glibc() {
  ::raise(SIGABRT);
}
void end_well_without_answer() {
  ::_exit(0);
}
void end_as_libarchive_does() {
  ::_exit(1);
}
void open_a_file() {
  ::syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}
void never_end() {
  volatile bool on = true;
  while (on) {
  }
}

TEST_CASE("whatever a worker dies of is named, and never clean") {
  CHECK(only_problem(examine_with<crash>()).detail ==
        "the worker was ended by signal 11 (SIGSEGV)");
  CHECK(only_problem(examine_with<abort_like_glibc>()).code == "worker-crashed");
  CHECK(only_problem(examine_with<open_a_file>()).detail ==
        "the worker was ended by signal 31 (SIGSYS)");
  CHECK(only_problem(examine_with<end_as_libarchive_does>()).detail ==
        "the worker ended with status 1");
  CHECK(only_problem(examine_with<end_well_without_answer>()).code == "worker-protocol");
}

/// Which of the attacks the next worker makes; read in its process.
std::size_t* chosen_attack() {
  static auto* const shared = static_cast<std::size_t*>(::mmap(
      nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return shared;
}
const std::vector<Attack>* all_attacks = nullptr;

void attack() {
  all_attacks->at(*chosen_attack()).run();
}

TEST_CASE("every attack by a worker makes the bundle INDETERMINATE") {
  const std::vector<Attack> attacks = attacks_on(::getpid());
  all_attacks = &attacks;
  const RuleSet rules = testing::marker_rules();
  *chosen_attack() = 0;
  const auto examiner = SandboxedExaminer::create(rules, testing::only_container<attack>(), 1);
  REQUIRE(examiner);
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    CAPTURE(attacks[i].name);
    *chosen_attack() = i;
    const Problem problem = only_problem(testing::examine_bytes(*examiner));
    CHECK(problem.code == "worker-crashed");
    CHECK(problem.detail == "the worker was ended by signal 31 (SIGSYS)");
  }
}

#if !ASSAY_ASAN  // whose allocator answers for itself
void want_everything() {
  for (std::size_t i = 0; i < 1000; ++i) {
    std::memset(::operator new (std::size_t{64} << 20), 1, 1);
  }
}

TEST_CASE("a worker that wants too much memory says so") {
  CHECK(only_problem(examine_with<want_everything>()).code == "worker-memory");
}
#endif

TEST_CASE("a worker that does not end is ended") {
  const Problem problem = only_problem(examine_with<never_end>({.seconds = 1}));
  CHECK(problem.code == "limit-seconds");
}

TEST_CASE("behind the wall the answer is the same, again and again") {
  const RuleSet rules = testing::marker_rules();
  const std::string tar = testing::many_members();
  const Source source = Source::from_bytes("bundle.tar", as_bytes(tar)).take();
  const InProcessExaminer open(rules, testing::tar_only(), 2);
  const auto walled = SandboxedExaminer::create(rules, testing::tar_only(), 2);
  REQUIRE(walled);
  const Examination expected = open.examine(source, Limits{}).take();
  for (int i = 0; i < 3; ++i) {
    const Examination found = walled->examine(source, Limits{}).take();
    CHECK(found.sandbox.starts_with("seccomp"));
    CHECK(found.contents_sha256 == expected.contents_sha256);
    CHECK(found.coverage.scanned == expected.coverage.scanned);
    CHECK(found.coverage.complete);
    CHECK(found.problems.empty());
    REQUIRE(found.findings.size() == expected.findings.size());
    for (std::size_t j = 0; j < expected.findings.size(); ++j) {
      CHECK(found.findings[j].rule == expected.findings[j].rule);
      CHECK(found.findings[j].member == expected.findings[j].member);
      CHECK(found.findings[j].why == expected.findings[j].why);
    }
  }
}

}  // namespace
}  // namespace assay
