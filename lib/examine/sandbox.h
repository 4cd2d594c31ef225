// The wall around the worker: after seal() this process can compute, read one
// snapshot, write one pipe, and end. Nothing else.

#pragma once

#include <cstdint>

#include "base/error.h"
#include "model/wall.h"

namespace assay {

/// What the sealed process keeps.
struct SealOptions {
  int snapshot = -1;               ///< may be read by place
  int result = -1;                 ///< may be written
  std::uint64_t memory_bytes = 0;  ///< RLIMIT_AS; 0 leaves it
  std::uint64_t cpu_seconds = 0;   ///< RLIMIT_CPU
  bool best_effort = false;        ///< without seccomp, go on with the rest
};

/// Gives everything up, in this order: descriptors, rlimits, no_new_privs, Landlock (handling
/// all its kernel knows, allowing nothing), seccomp with KILL_PROCESS as the default. Cannot be
/// undone.
///
/// Answers what was reached; Landlock is taken where the kernel has it. Fails, as
/// `undecided` with code "no-sandbox", when seccomp cannot be had and `best_effort`
/// is not set, or anything before it failed; the process must then end. Call it
/// with one thread; threads started later are under the same rules.
Result<Wall> seal_process(const SealOptions& options);

}  // namespace assay
