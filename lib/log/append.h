// append: an entry becomes part of the log, for good. Many processes may append
// at once; one of them, by turns, does it for all that wait.
//
// An entry goes into the spool. Who gets the lock takes the spool, writes the bundle and the
// tiles, then the tree (from there on the entries are in), then signs and publishes the
// checkpoint, then empties the spool. A step begins only when the one before it is durable.
// Nobody hears of an index before the checkpoint that covers it is.

#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "log/folder.h"
#include "log/proof.h"
#include "log/spool.h"

namespace assay::log {

struct AppendOptions {
  std::chrono::milliseconds patience{60'000};  ///< for the lock and for others' work
  std::string memory{};  ///< file with the checkpoint last seen (memory.h), or none
};

/// Appends, in whatever order, and returns each entry's proof under one checkpoint. An entry
/// that was among the last 512 before stays where it is. Fails with durability; what was not
/// acknowledged may still get in by a later append.
Result<std::vector<ProofFile>> append(const Folder& folder,
                                      std::span<const std::string> entries,
                                      const Signer& signer, const AppendOptions& options = {});

/// Does something while no other process writes to the log.
Result<void> with_lock(const Folder& folder, const AppendOptions& options,
                       const std::function<Result<void>()>& work);

/// What an append does first: finishes what a crash left half done and integrates what
/// waits in the spool. Doing it again changes nothing.
Result<void> settle(const Folder& folder, const Signer& signer,
                    const AppendOptions& options = {});

/// A proof of entry `index` under the checkpoint of `note`.
Result<ProofFile> prove(const Folder& folder, std::uint64_t index, const std::string& note);

}  // namespace assay::log
