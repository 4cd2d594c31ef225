// One packed stream by the codecs of the walk, for whoever knows beforehand how much must
// come out: the index files of a repository.

#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace assay {

enum class Packing { gzip, xz };

/// Exactly `size` bytes out of one stream, with nothing behind it; never more are unpacked.
/// Fails as the codec does: malformed or undecided; size-mismatch if others come out.
Result<std::string> unpack(Packing packing, Bytes packed, std::size_t size);

}  // namespace assay
