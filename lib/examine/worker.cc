#include "examine/worker.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>

#include "crypto/digest.h"
#include "examine/allocation.h"
#include "examine/sandbox.h"
#include "examine/wire.h"

namespace assay {
namespace {

constexpr std::uint64_t kWorkerMemory = std::uint64_t{2} << 30;
constexpr std::uint64_t kThreadsAtMost = 4;  // of CPU time that passes in a second
constexpr int kCannotExamine = 87;

/// An order together with its descriptors.
struct Received {
  WorkOrder order{};
  Fd snapshot{}, pipe{};
};

/// A message of one order and the two descriptors that ride on it; points into itself.
struct Letter {
  explicit Letter(WorkOrder& order) : part{.iov_base = &order, .iov_len = sizeof order} {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
  }
  Letter(const Letter&) = delete;
  Letter& operator=(const Letter&) = delete;

  iovec part;
  msghdr message{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> room{};
};

void die_with_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != parent) ::_exit(0);  // it died before we asked
}

/// The environment holds a passphrase at times; its bytes go, not only its names.
void wipe_environment() {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    ::explicit_bzero(*entry, std::strlen(*entry));
  }
  ::clearenv();
  ::setenv("TZ", "UTC0", 1);  // else mktime looks for /etc/localtime, behind the wall too
}

/// A worker dies of what hits it; nobody's handler speaks first.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) static_cast<void>(std::signal(number, SIG_DFL));
}

/// True for an order, false when the supervisor is gone or sent nonsense.
bool receive_order(int socket, Received& received) {
  Letter letter(received.order);
  ssize_t count = 0;
  do {
    count = ::recvmsg(socket, &letter.message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  const cmsghdr* carried = CMSG_FIRSTHDR(&letter.message);
  if (count != sizeof received.order || carried == nullptr ||
      carried->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
    return false;
  }
  std::array<int, 2> descriptors{};
  std::memcpy(descriptors.data(), CMSG_DATA(carried), sizeof descriptors);
  received.snapshot = Fd(descriptors[0]);
  received.pipe = Fd(descriptors[1]);
  return true;
}

/// Whoever waits for a number that cannot be sent sees the end of the nursery instead.
void send_number(int socket, std::int64_t number) {
  ssize_t count = 0;
  do {
    count = ::send(socket, &number, sizeof number, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof number)) ::_exit(kCannotExamine);
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Seals itself, examines, answers, ends. Nothing is cleaned up: there is
/// nothing outside this process that it could have touched.
[[noreturn]] void run_worker(Received received, const Examiner& examiner, pid_t nursery) {
  die_with_parent(nursery);
  reset_signals();
  end_on_failed_allocation();
  const WorkOrder& order = received.order;
  const auto sealed = seal_process({.snapshot = received.snapshot.get(),
                                    .result = received.pipe.get(),
                                    .memory_bytes = kWorkerMemory,
                                    .cpu_seconds = order.limits.seconds * kThreadsAtMost,
                                    .best_effort = order.best_effort});
  const int pipe = received.pipe.get();
  const std::string level = encode_level(to_string(sealed ? *sealed : Wall{}));
  if (!write_all(pipe, level)) ::_exit(kCannotExamine);
  if (!sealed) {
    const bool told =
        write_all(pipe, encode_examination(only_problem(sealed.error(), order.size), level));
    ::_exit(told ? 0 : kCannotExamine);
  }
  const Source source =
      Source::from_descriptor(std::move(received.snapshot), order.name.data(), order.size);
  const auto found = examiner.examine(source, order.limits);
  if (!found) ::_exit(kCannotExamine);
  ::_exit(write_all(pipe, encode_examination(*found, level)) ? 0 : kCannotExamine);
}

/// One heap, which never shrinks: before it does, glibc looks into /proc, and that is
/// behind the wall. What is large goes back by itself.
void keep_heap_simple() {
  ::mallopt(M_TRIM_THRESHOLD, INT_MAX);
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_ARENA_MAX, 1);
}

/// What libraries do once and need a file for, before there are no files.
void warm_up(const Examiner& examiner) {
  ::tzset();
  static_cast<void>(sha256_hex({}));
  const auto sample = Source::from_bytes("warm-up", as_bytes("#!/bin/sh\n"));
  if (sample) static_cast<void>(examiner.examine(*sample, Limits{}));
}

}  // namespace

Result<void> send_order(int socket, const WorkOrder& order, int snapshot, int pipe) {
  WorkOrder copy = order;
  Letter letter(copy);
  cmsghdr* carried = CMSG_FIRSTHDR(&letter.message);
  carried->cmsg_level = SOL_SOCKET;
  carried->cmsg_type = SCM_RIGHTS;
  carried->cmsg_len = CMSG_LEN(2 * sizeof(int));
  const std::array<int, 2> descriptors = {snapshot, pipe};
  std::memcpy(CMSG_DATA(carried), descriptors.data(), sizeof descriptors);
  ssize_t count = 0;
  do {
    count = ::sendmsg(socket, &letter.message, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof copy)) return {};
  return io_error("cannot reach the examining process", errno);
}

Result<std::int64_t> receive_number(int socket) {
  std::int64_t number = 0;
  ssize_t count = 0;
  do {
    count = ::recv(socket, &number, sizeof number, 0);
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof number)) return number;
  return fail(Error::Kind::io, "the examining process is gone");
}

void run_nursery(Fd socket, const Examiner& examiner) {
  wipe_environment();
  keep_heap_simple();  // before there are threads
  warm_up(examiner);
  while (true) {
    Received received;
    if (!receive_order(socket.get(), received)) ::_exit(0);
    const pid_t nursery = ::getpid();
    const pid_t worker = ::fork();
    if (worker == 0) run_worker(std::move(received), examiner, nursery);
    received = {};
    send_number(socket.get(), worker);
    if (worker < 0) continue;
    int status = 0;
    while (::waitpid(worker, &status, 0) < 0 && errno == EINTR) {
    }
    send_number(socket.get(), status);
  }
}

}  // namespace assay
