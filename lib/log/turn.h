// turn: who writes to a log. One process at a time holds its lock; the others wait until
// their work was done for them, or the lock is theirs.

#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>

#include "base/fd.h"
#include "log/folder.h"

namespace assay::log {

/// Wakes a waiter when a file it waits for is gone. Where the system gives none of its
/// watches (inotify(7): they are few for each user), it looks again after a while.
class Absence {
 public:
  explicit Absence(std::span<const std::string> files);
  void wait();

 private:
  Fd watch_;
  int pause_ms_ = 1;
};

/// Calls `work` with the lock held, unless `done` says first that somebody else did it, as
/// the end of one of `files` may tell. Fails with durability once `patience` is over.
Result<void> work_until(const Folder& folder, std::chrono::milliseconds patience,
                        std::span<const std::string> files, const std::function<bool()>& done,
                        const std::function<Result<void>()>& work);

}  // namespace assay::log
