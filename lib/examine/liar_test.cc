// Workers that were taken over and know the protocol: what they send, when they
// send it, and how they end do not fit together.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <csignal>

#include "examine/testing.h"
#include "examine/wire.h"

namespace assay {
namespace {

using testing::examine_with;
using testing::only_problem;

int answer_pipe = -1;      // of the worker that lies
std::string honest_level;  // what it has sent of its own accord

/// In the worker, before it seals itself: the one pipe that it may write.
void find_answer_pipe() {
  for (int fd = 3; fd < 64; ++fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0 || !S_ISFIFO(status.st_mode)) continue;
    if ((::fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) answer_pipe = fd;
  }
}

void say(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(answer_pipe, bytes.data(), bytes.size());
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// "Nothing to see here": all that an honest worker sends of a clean bundle.
std::string clean_answer() {
  Examination clean;
  clean.format = "tar";
  clean.members = {{.path = "bundle!/a",
                    .kind = MemberKind::file,
                    .type = "data",
                    .size = 1,
                    .sha256 = std::string(64, 'a'),
                    .scanned = true}};
  clean.coverage = {
      .bytes = 1, .depth = 1, .complete = true, .ledger = {.member = 1, .metadata = 9}};
  return encode_examination(clean, honest_level);
}

/// Sleeping is not allowed here.
void pass(double seconds) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto at = [](const timespec& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
  };
  for (const double end = at(now) + seconds; at(now) < end;) {
    ::clock_gettime(CLOCK_MONOTONIC, &now);
  }
}

void honest() {}

/// What a liar must know: where it may write, and what was sent before it could.
void teach_to_lie() {
  static const int once = ::pthread_atfork(nullptr, nullptr, find_answer_pipe);
  REQUIRE(once == 0);
  honest_level = encode_level(examine_with<honest>().take().sandbox);
}

void end_then_crash() {
  say(clean_answer());
  ::raise(SIGSEGV);
}
void end_then_status() {
  say(clean_answer());
  ::_exit(1);
}
void end_then_out_of_memory() {
  say(clean_answer());
  ::_exit(86);
}
void end_twice() {
  say(clean_answer());
  say(clean_answer());
  ::_exit(0);
}
void end_and_the_true_answer() {
  say(clean_answer());  // and goes on, as if nothing had happened
}
void a_byte_more() {
  say(clean_answer() + "x");
  ::_exit(0);
}
void no_end() {
  const std::string answer = clean_answer();
  say(std::string_view(answer).substr(0, answer.size() - 49));
  ::_exit(0);
}
void half_an_end() {
  const std::string answer = clean_answer();
  say(std::string_view(answer).substr(0, answer.size() - 1));
  ::_exit(0);
}
void another_level() {
  say(encode_level("seccomp+landlock7"));
}
void end_and_stay() {
  say(clean_answer());
  pass(60);
}
void late() {
  pass(3);
  say(clean_answer());
  ::_exit(0);
}
void a_byte_a_second() {
  for (const char c : clean_answer()) {
    pass(1);
    say({&c, 1});
  }
  ::_exit(0);
}
void the_whole_lie() {
  say(clean_answer());
  ::_exit(0);
}

TEST_CASE("a worker whose words and end do not fit together is not believed") {
  teach_to_lie();
  const Limits short_time{.seconds = 1};
  CHECK(only_problem(examine_with<end_then_crash>()).code == "worker-crashed");
  CHECK(only_problem(examine_with<end_then_status>()).code == "worker-crashed");
  CHECK(only_problem(examine_with<end_then_out_of_memory>()).code == "worker-memory");
  CHECK(only_problem(examine_with<end_twice>()).code == "worker-protocol");
  CHECK(only_problem(examine_with<end_and_the_true_answer>()).code == "worker-protocol");
  CHECK(only_problem(examine_with<a_byte_more>()).code == "worker-protocol");
  CHECK(only_problem(examine_with<no_end>()).code == "worker-protocol");
  CHECK(only_problem(examine_with<half_an_end>()).code == "worker-protocol");
  CHECK(only_problem(examine_with<another_level>()).code == "worker-protocol");
  CHECK(only_problem(examine_with<end_and_stay>(short_time)).code == "limit-seconds");
  CHECK(only_problem(examine_with<late>(short_time)).code == "limit-seconds");
  CHECK(only_problem(examine_with<a_byte_a_second>(short_time)).code == "limit-seconds");
}

// The residual risk: who takes a worker over, and lies in every word, is believed
// about the contents. Signatures are checked elsewhere, over the bytes themselves.
TEST_CASE("a perfect lie hides a finding, and nothing else") {
  teach_to_lie();
  const auto found = examine_with<the_whole_lie>();
  REQUIRE(found);
  CHECK(found->findings.empty());
  CHECK(found->coverage.complete);
}

}  // namespace
}  // namespace assay
