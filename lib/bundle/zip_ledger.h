// ZipLedger: what every byte of a zip is, told by walking it front to back, record by
// record, while the index reads it from its end.

#pragma once

#include <span>

#include "bundle/format.h"
#include "bundle/zip_index.h"

namespace assay {

/// `members` by place, as read_zip_index() gives them. What stands before the first is
/// counted as content: it is only there in a file that was scanned as a whole. A record
/// that is none ends the count, and what lies behind it is missing from the sum.
Result<Ledger> count_zip(const RandomAccess& zip, std::span<const ZipMember> members);

}  // namespace assay
