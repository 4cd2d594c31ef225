// audit: is this log what it says, and what it was? Each way in which it is not
// has a reason of its own.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "log/folder.h"

namespace assay::log {

/// Signature and name of the checkpoint by `key`; that what was published is all there; that
/// the tiles give the root, and the last bundle the last hashes; that the log grew from
/// `before`. O(log n). Codes: "log-signature", "log-origin", "log-truncated", "log-damaged",
/// "log-rolled-back", "log-rewritten".
Result<Checkpoint> check_log(const Folder& folder, const NoteKey& key,
                             const std::optional<TreeHead>& before);

/// One thing that is wrong.
struct Fault {
  std::string code{};
  std::string what{};
};

/// Every entry and every tile hashed again, every file accounted for. Reads the whole log;
/// stops at 100 faults.
std::vector<Fault> fsck(const Folder& folder, const NoteKey& key);

/// Whether the smaller of two copies is how the larger one began: code "log-forked" if not.
Result<void> compare(const Folder& a, const Folder& b, const NoteKey& key);

/// Each entry after the tree `from` up to the tree `to`, from its bundle; then that they lead
/// from the one root to the other, so that none of them is another one. Code "log-damaged".
Result<void> for_each_proven(
    const Folder& folder, const TreeHead& from, const TreeHead& to,
    const std::function<Result<void>(std::uint64_t, const std::string&)>& visit);

/// Each entry in turn, until `visit` fails.
Result<void> for_each_entry(
    const Folder& folder, std::uint64_t from, std::uint64_t size,
    const std::function<Result<void>(std::uint64_t, const std::string&)>& visit);

}  // namespace assay::log
