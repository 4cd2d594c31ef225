// What of a log was seen before: its checkpoint, kept outside the log. Who
// remembers it notices when entries are gone or were changed.

#pragma once

#include <optional>
#include <string>

#include "log/checkpoint.h"
#include "log/tile.h"

namespace assay::log {

/// The tree a memory file holds of that log; nothing if there is no file, or an empty one.
/// Fails with config if it holds anything else, or another log's checkpoint.
Result<std::optional<TreeHead>> recall(const std::string& path, const std::string& origin);

/// Remembers it, unless a larger one is remembered.
Result<void> remember(const std::string& path, const Checkpoint& checkpoint);

/// `now` is `before`, grown: else fails with durability, code "log-rolled-back" if it is
/// smaller, "log-rewritten" if it does not begin with it. `subtree` is of the tree `now`.
Result<void> check_grown(const TreeHead& before, const TreeHead& now, const Subtree& subtree);

}  // namespace assay::log
