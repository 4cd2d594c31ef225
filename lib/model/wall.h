// Wall: what held the process that read a bundle. Level and parts have one
// spelling, "seccomp+landlock7", which travels from the worker to the verdict.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace assay {

/// From nothing to everything. Each is more than the one before it: seccomp
/// decides what may be asked of the kernel, Landlock only which files.
enum class WallLevel { none, rlimits, landlock, seccomp, seccomp_landlock };

/// The zero value is no wall at all.
struct Wall {
  /// No descriptor but two, no new privileges, undumpable, and resource limits:
  /// what every level above none has.
  bool rlimits = false;
  bool seccomp = false;
  int landlock_abi = 0;  ///< 0: no Landlock
};

WallLevel level_of(const Wall& wall);

/// "none", "rlimits", "landlock7", "seccomp", "seccomp+landlock7".
std::string to_string(const Wall& wall);
/// Nothing for text that to_string does not give.
std::optional<Wall> wall_from(std::string_view text);

/// The level alone, "seccomp+landlock"; a policy demands it by this name.
std::string_view to_string(WallLevel level);
std::optional<WallLevel> wall_level_from(std::string_view text);

/// Level and parts, and what of it could not be had, for reports and verdicts.
Json wall_json(std::string_view wall);

}  // namespace assay
