// Running out of memory must not become an answer: libraries have been seen to
// go on with less than they should have found.

#pragma once

namespace assay {

/// The exit status of a worker that could not get memory.
inline constexpr int kOutOfMemory = 86;

/// From now on a failed allocation, C or C++, ends this process at once with
/// kOutOfMemory. For the worker only.
void end_on_failed_allocation();

}  // namespace assay
