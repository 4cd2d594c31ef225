#include "examine/sandboxed.h"

#include <doctest/doctest.h>
#include <fcntl.h>
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

TEST_CASE("a sealed process that reaches out is ended by SIGSYS") {
  const auto call = [](long number, long a = 0, long b = 0, long c = 0, long d = 0) {
    return [=] { ::syscall(number, a, b, c, d); };
  };
  const pid_t parent = ::getpid();
  static char path[] = "/etc/passwd";
  static char name[] = "x";
  const auto p = [](void* pointer) { return reinterpret_cast<long>(pointer); };
  const std::vector<Attack> attacks = {
      {"open", call(SYS_open, p(path), O_RDONLY)},
      {"openat", call(SYS_openat, AT_FDCWD, p(path), O_RDONLY)},
      {"openat2", call(SYS_openat2, AT_FDCWD, p(path), 0, 0)},
      {"creat", call(SYS_creat, p(name), 0600)},
      {"unlink", call(SYS_unlink, p(name))},
      {"rename", call(SYS_rename, p(name), p(path))},
      {"stat", call(SYS_newfstatat, AT_FDCWD, p(path), 0, 0)},
      {"readlink", call(SYS_readlink, p(path), 0, 0)},
      {"socket", call(SYS_socket, AF_INET, SOCK_STREAM, 0)},
      {"socketpair", call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 0)},
      {"connect", call(SYS_connect, 0, 0, 0)},
      {"fork", call(SYS_fork)},
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
         void* page =
             ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         ::syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
       }},
      {"mmap executable",
       call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS)},
      {"write elsewhere", call(SYS_write, 2, p(name), 1)},
      {"pwrite", call(SYS_pwrite64, 3, p(name), 1, 0)},
      {"read elsewhere", call(SYS_pread64, 0, p(name), 1, 0)},
      {"dup", call(SYS_dup, 0)},
      {"ioctl", call(SYS_ioctl, 0, 0x5412, p(name))},
      {"prctl", call(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0)},
      {"seccomp", call(SYS_seccomp, 0, 0, 0)},
      {"bpf", call(SYS_bpf, 0, 0, 0)},
      {"io_uring_setup", call(SYS_io_uring_setup, 1, 0)},
      {"userfaultfd", call(SYS_userfaultfd, 0)},
      {"keyctl", call(SYS_keyctl, 0, 0, 0)},
      {"memfd_create", call(SYS_memfd_create, p(name), 0)},
      {"shmget", call(SYS_shmget, 0, 4096, 0)},
      {"setuid", call(SYS_setuid, 0)},
      {"unshare", call(SYS_unshare, 0x10000000)},
      {"mount", call(SYS_mount, 0, 0, 0, 0)},
      {"pidfd_open", call(SYS_pidfd_open, parent, 0)},
      {"setrlimit", call(SYS_prlimit64, 0, 7, 0, 0)},
  };
  for (const Attack& attack : attacks) {
    CAPTURE(attack.name);
    const int status = sealed(attack.run);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGSYS);
  }
}

TEST_CASE("a sealed process can still do its work") {
  const int status = sealed([] {
    std::vector<char> memory(std::size_t{8} << 20, 'x');
    if (memory.back() != 'x') ::_exit(1);
    if (std::getenv("PATH") != nullptr && ::write(2, "", 0) == 0) ::_exit(2);
  });
  // The environment is the nursery's to wipe, so only the memory counts here.
  CHECK((WIFEXITED(status) || WTERMSIG(status) == SIGSYS));
}

// Containers that do to their worker what a fault in a real one could.

bool matches_our_bundle(Bytes head) {
  return as_text(head) == "some bytes";  // not what the nursery warms up with
}

template <void (*misdeed)()>
Result<std::unique_ptr<MemberReader>> misbehave(ByteStream& /*bytes*/,
                                                const Limits& /*limits*/) {
  misdeed();
  return undecided("unsupported-feature", "came back from its misdeed");
}

template <void (*misdeed)()>
Result<Examination> examine_with(const Limits& limits = {}) {
  static constexpr Container kContainer = {"bad", matches_our_bundle, misbehave<misdeed>,
                                           nullptr};
  static constexpr const Container* kContainers[] = {&kContainer};
  const RuleSet rules = testing::marker_rules();
  const auto examiner =
      SandboxedExaminer::create(rules, {.codecs = {}, .containers = kContainers}, 1);
  REQUIRE(examiner);
  const Source source = Source::from_bytes("bundle", as_bytes("some bytes")).take();
  return examiner->examine(source, limits);
}

/// The one problem of an examination that came to nothing.
Problem only_problem(const Result<Examination>& found) {
  REQUIRE(found);
  CHECK_FALSE(found->coverage.complete);
  REQUIRE(found->problems.size() == 1);
  CHECK(found->problems.front().effect == Effect::indeterminate);
  return found->problems.front();
}

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
void want_everything() {
  for (std::size_t i = 0; i < 1000; ++i) {
    std::memset(::operator new (std::size_t{64} << 20), 1, 1);
  }
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

#if !defined(__SANITIZE_ADDRESS__)
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
