// The one thing this room unpacks: an index that is compressed with xz, whose
// digest was signed before a byte of it is read. The door to liblzma.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace assay {

/// Exactly `size` bytes out of one stream, with nothing behind it. Fails as malformed,
/// "list-malformed".
Result<std::string> unxz(std::string_view packed, std::size_t size);

}  // namespace assay
