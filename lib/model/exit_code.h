// ExitCode: how every command ends. man/assay.1 lists the same.

#pragma once

#include "base/error.h"
#include "model/verdict.h"

namespace assay {

enum class ExitCode {
  passed = 0,         ///< PASSED, accepted, nothing found
  failed = 1,         ///< FAILED: evidence of badness
  configuration = 2,  ///< command line, policy, trust store or gate file wrong or expired
  indeterminate = 3,  ///< could not be decided: a limit, an unreadable file, an opaque member
  unusable = 4,       ///< gate: the verdict cannot be used here and now
  durability = 5,     ///< an output could not be made durable
  internal = 70,      ///< our own fault
};

ExitCode exit_code(Outcome outcome);
/// As of its outcome; unusable for a saved verdict that nobody vouches for.
ExitCode exit_code(const Report& report);
ExitCode exit_code(Error::Kind kind);

/// Of several answers the one a script must not miss.
ExitCode worst(ExitCode a, ExitCode b);

}  // namespace assay
