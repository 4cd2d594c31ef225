// inflate: deflate data (RFC 1951) that stands behind no header of gzip's; only to
// tell whether it is any.

#pragma once

#include <optional>

#include "base/bytes.h"

namespace assay {

/// True if a zlib header stands here (RFC 1950), without a dictionary.
bool begins_zlib(Bytes bytes);

/// True if a whole zlib stream stands here and its checksum fits, or if it gives 64 MiB
/// without a fault: chance does not.
bool is_zlib(Bytes bytes);

/// The first byte that bare deflate data gives, if its first 64 KiB are without fault.
std::optional<unsigned> first_inflated(Bytes bytes);

}  // namespace assay
