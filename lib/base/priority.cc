#include "base/priority.h"

#include <sys/resource.h>

namespace assay {

void lower_priority() {
  // On Linux 0 is the calling thread. Without the favour it is only slower.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
}

}  // namespace assay
