// Which threads the processor goes to first.

#pragma once

namespace assay {

/// From now on the calling thread gives way to all that are ready at the usual priority.
/// For work that only has to be done in the end.
void lower_priority();

}  // namespace assay
