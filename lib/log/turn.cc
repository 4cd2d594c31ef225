#include "log/turn.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace assay::log {
namespace {

using Clock = std::chrono::steady_clock;

/// Nobody tells that the lock is free, so it is tried this often.
constexpr int kLongestPauseMs = 32;

Result<bool> try_lock(const Fd& fd) {
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK || errno == EINTR) return false;
  return not_durable("cannot lock the log", errno);
}

}  // namespace

Absence::Absence(std::span<const std::string> files)
    : watch_(files.empty() ? -1 : ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!watch_) return;
  // A file that is gone by now has no watch, and needs none: its waiter asks before it waits.
  for (const std::string& file : files) {
    ::inotify_add_watch(watch_.get(), file.c_str(), IN_DELETE_SELF | IN_DONT_FOLLOW);
  }
}

void Absence::wait() {
  pollfd ready{.fd = watch_.get(), .events = POLLIN, .revents = 0};
  // A negative descriptor is one poll(2) passes over: it only waits.
  if (::poll(&ready, 1, pause_ms_) > 0) {
    std::array<char, 4096> events{};
    while (::read(watch_.get(), events.data(), events.size()) > 0) {
    }
  }
  pause_ms_ = std::min(2 * pause_ms_, kLongestPauseMs);
}

Result<void> work_until(const Folder& folder, std::chrono::milliseconds patience,
                        std::span<const std::string> files, const std::function<bool()>& done,
                        const std::function<Result<void>()>& work) {
  const Fd lock(::open(folder.path(".state/lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!lock) return not_durable("cannot open the log's lock", errno);
  const auto deadline = Clock::now() + patience;
  std::optional<Absence> absence;
  while (!done()) {
    if (TRY(try_lock(lock))) return work();
    if (Clock::now() > deadline) {
      return fail(Error::Kind::durability, "another process holds the log's lock for too long",
                  "what was to be logged waits in the log's spool; see who holds .state/lock");
    }
    // The first look after the watch was set: what went before it told nobody.
    if (absence) absence->wait();
    else absence.emplace(files);
  }
  return {};
}

}  // namespace assay::log
