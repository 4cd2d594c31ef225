// spool: where entries wait to become part of a log. A file of it is one entry, called by the
// entry's digest, so that the same entry twice is one.
//
// The files are whole or not there, and need not be durable: only what was acknowledged
// must last, and that is in the log.

#pragma once

#include <string>
#include <vector>

#include "log/folder.h"

namespace assay::log {

/// What an entry may have; the wire would carry 65,535 bytes.
inline constexpr std::size_t kMaxEntry = std::size_t{16} << 10;

struct Spooled {
  std::string path{}, entry{};
  Hash hash{};  ///< of the leaf
};

/// Where that entry waits, or waited.
std::string spool_path(const Folder& folder, const std::string& entry);

/// Each fails with durability.
Result<void> spool(const Folder& folder, const std::string& entry);

/// At most `most` entries; those that are torn go, nobody waits for them, and so does what
/// a killed writer left. Only who holds the lock may call this, and the two below.
Result<std::vector<Spooled>> take_spool(const Folder& folder, std::size_t most);

Result<void> empty_spool(const std::vector<Spooled>& entries);

/// An unlink that a power failure undoes brings an entry back. That is noticed as long as the
/// entry stands among the last of the log, so that a sync now and then does.
Result<void> sync_spool(const Folder& folder);

}  // namespace assay::log
