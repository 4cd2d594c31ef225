// recover: a log as its last writer left it, made whole. Only who holds the lock
// may ask for it.

#pragma once

#include "log/folder.h"

namespace assay::log {

/// The tree of the log, published. A tree that was integrated and not published is; files
/// beyond it go; a lost tree file is made anew from the entries, which must give the signed
/// root. Codes: "log-damaged", "log-truncated", "log-rolled-back", "log-rewritten".
Result<TreeHead> recover(const Folder& folder, const Signer& signer);

/// Signs the tree and publishes it; refuses a tree smaller than one published before.
Result<void> publish(const Folder& folder, const TreeHead& tree, const Signer& signer);

}  // namespace assay::log
