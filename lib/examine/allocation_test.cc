// Memory that runs out at every point a worker asks for some: once, and for good.
// Never a lost finding with a clean answer.

#include "examine/allocation.h"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "base/sanitizer.h"
#include "bundle/testing.h"
#include "examine/sandboxed.h"
#include "examine/testing.h"
#include "scan/scanner.h"

#if defined(__GLIBC__) && !ASSAY_ASAN && !ASSAY_TSAN

namespace assay {
namespace {

/// What the process under test shall suffer; shared with the processes it forks.
struct Plan {
  std::atomic<bool> live;      ///< forked from now on, a process counts
  std::atomic<long> fails_at;  ///< 0: none
  std::atomic<bool> for_good;
  std::atomic<long> calls;  ///< of the process that counts
};

Plan& plan() {
  static auto* const shared = static_cast<Plan*>(
      ::mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return *shared;
}

constinit std::atomic<Plan*> counting = nullptr;

bool must_fail() {
  Plan* const here = counting.load(std::memory_order_relaxed);
  if (here == nullptr) return false;
  const long call = ++here->calls;
  const long fails_at = here->fails_at;
  return fails_at != 0 && (call == fails_at || (here->for_good && call > fails_at));
}

/// glibc's own function behind the one below.
template <class Function>
Function* real(std::atomic<Function*>& known, const char* name) {
  Function* function = known;
  if (function == nullptr) {
    known = function = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
  }
  return function;
}

}  // namespace
}  // namespace assay

// What allocation.cc calls, so that the program under test is the one that ships.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* __libc_malloc(std::size_t size) {
  static constinit std::atomic<void* (*)(std::size_t)> known = nullptr;
  return assay::must_fail() ? nullptr : assay::real(known, "__libc_malloc")(size);
}
void* __libc_calloc(std::size_t count, std::size_t size) {
  static constinit std::atomic<void* (*)(std::size_t, std::size_t)> known = nullptr;
  return assay::must_fail() ? nullptr : assay::real(known, "__libc_calloc")(count, size);
}
void* __libc_realloc(void* memory, std::size_t size) {
  static constinit std::atomic<void* (*)(void*, std::size_t)> known = nullptr;
  return assay::must_fail() ? nullptr : assay::real(known, "__libc_realloc")(memory, size);
}
void* __libc_memalign(std::size_t alignment, std::size_t size) {
  static constinit std::atomic<void* (*)(std::size_t, std::size_t)> known = nullptr;
  return assay::must_fail() ? nullptr : assay::real(known, "__libc_memalign")(alignment, size);
}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace assay {
namespace {

struct Bundle {
  std::string name, bytes;
};

std::vector<Bundle> poisoned_bundles() {
  const std::string bad = "x = 1\nmarker-of-the-test\n" + std::string(3000, '#');
  const std::string tar = testing::tar_of({{.name = "etc/agent.conf", .content = "a = 1\n"},
                                           {.name = "bin/agent", .content = bad}});
  const std::string control = testing::tar_of({{.name = "control", .content = "Package: a\n"}});
  return {{"agent-1.tar.gz", testing::gzip_of(tar)},
          {"agent-1.zip", testing::zip_of({{.name = "agent.conf", .content = "a = 1\n"},
                                           {.name = "agent", .content = bad}})},
          {"agent-1.deb", testing::deb_of(control, tar)}};
}

/// The examination by a worker whose memory runs out at this call.
Examination examine(const SandboxedExaminer& examiner, const Source& source, long fails_at,
                    bool for_good) {
  plan().calls = 0;
  plan().fails_at = fails_at;
  plan().for_good = for_good;
  plan().live = true;
  Examination found = examiner.examine(source, Limits{}).take();
  plan().live = false;
  return found;
}

bool is_whole(const Examination& found, const Examination& expected) {
  return found.coverage.complete && found.problems.empty() && found.findings.size() == 1 &&
         found.findings[0].rule == "TEST001" &&
         found.findings[0].member == expected.findings[0].member &&
         found.contents_sha256 == expected.contents_sha256;
}

bool is_out_of_memory(const Examination& found) {
  return !found.coverage.complete && found.problems.size() == 1 &&
         found.problems[0].code == "worker-memory" && found.findings.empty();
}

TEST_CASE("memory that runs out anywhere in a worker loses no finding") {
  const RuleSet rules = testing::marker_rules();
  plan().live = false;
  ::pthread_atfork(nullptr, nullptr, [] { counting = plan().live ? &plan() : nullptr; });
  long points = 0, whole = 0, ended = 0;
  for (const Bundle& bundle : poisoned_bundles()) {
    CAPTURE(bundle.name);
    const auto examiner = SandboxedExaminer::create(rules, testing::formats(), 1);
    REQUIRE(examiner);
    const Source source = Source::from_bytes(bundle.name, as_bytes(bundle.bytes)).take();
    const Examination expected = examine(*examiner, source, 0, false);
    REQUIRE(expected.findings.size() == 1);
    REQUIRE(is_whole(expected, expected));
    const long calls = plan().calls;
    REQUIRE(calls > 100);
    for (const bool for_good : {false, true}) {
      for (long at = 1; at <= calls; ++at) {
        CAPTURE(at);
        CAPTURE(for_good);
        const Examination found = examine(*examiner, source, at, for_good);
        CAPTURE(found.problems.empty() ? "" : found.problems[0].detail);
        ++points;
        // Two threads share the count, so the last ones may not be reached.
        const bool finished = is_whole(found, expected);
        whole += finished ? 1 : 0;
        ended += is_out_of_memory(found) ? 1 : 0;
        CHECK((finished || is_out_of_memory(found)));
      }
    }
  }
  CHECK(ended > points / 2);
  MESSAGE(fmt::format("{} points: {} ended as worker-memory, {} whole answers", points, ended,
                      whole));
}

enum ScanEnd { kFound = 0, kSaid = 1, kSilent = 2 };

/// A scan in a process of its own; its exit status, or 256 and more for a signal.
int scan_status(Scanner& scanner, const std::string& content, long fails_at, bool insist) {
  const Member member{.path = "agent", .kind = MemberKind::file, .type = "text"};
  const pid_t child = ::fork();
  if (child == 0) {
    if (insist) end_on_failed_allocation();
    plan().calls = 0;
    plan().fails_at = fails_at;
    counting = &plan();
    const auto findings = scanner.scan(member, as_bytes(content));
    counting = nullptr;
    ::_exit(!findings ? kSaid : findings->empty() ? kSilent : kFound);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

TEST_CASE("a scan engine that loses memory does not get to call it clean") {
  const RuleSet rules = testing::marker_rules();
  Scanner scanner(rules);
  const std::string content = "x = 1\nmarker-of-the-test\n";
  plan().for_good = false;
  REQUIRE(scan_status(scanner, content, 0, true) == kFound);
  const long calls = plan().calls;
  REQUIRE(calls > 0);
  long said = 0, silent = 0, crashed = 0;
  for (long at = 1; at <= calls; ++at) {
    CAPTURE(at);
    const int alone = scan_status(scanner, content, at, false);
    said += alone == kSaid ? 1 : 0;
    silent += alone == kSilent ? 1 : 0;
    crashed += alone > kSilent ? 1 : 0;
    CHECK(scan_status(scanner, content, at, true) == kOutOfMemory);
  }
  MESSAGE(fmt::format("{} points; left alone, {} are said, {} crash, {} lose the finding",
                      calls, said, crashed, silent));
}

}  // namespace
}  // namespace assay

#endif
