// The two processes below the supervisor: the nursery that forks, and the
// worker that examines one bundle and ends.

#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "base/error.h"
#include "base/fd.h"
#include "examine/examiner.h"

namespace assay {

/// What the supervisor asks of the nursery, in one message with two
/// descriptors: the snapshot, and the pipe the worker writes its answer to.
struct WorkOrder {
  Limits limits{};
  std::uint64_t size = 0;         ///< of the snapshot
  bool best_effort = false;       ///< SealOptions'
  std::array<char, 4096> name{};  ///< of the bundle, up to the first NUL
};

/// What the nursery answers: the worker's process, then how it ended
/// (a wait status). -1 when it could not be forked.
using WorkerPid = std::int64_t;
using WorkerEnd = std::int64_t;

/// Sends and receives over the socket between the two.
Result<void> send_order(int socket, const WorkOrder& order, int snapshot, int pipe);
Result<std::int64_t> receive_number(int socket);

/// The nursery's life: serves orders until the socket closes, then ends the
/// process. Never returns.
[[noreturn]] void run_nursery(Fd socket, const Examiner& examiner);

}  // namespace assay
