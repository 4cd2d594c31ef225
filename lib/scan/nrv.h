// NRV: what UPX packs with besides LZMA, as its own loaders unpack it. A bit stream in words
// of 32 bits stands between the bytes it speaks of.

#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace assay {

enum class Nrv { b, d, e };

/// `packed` as `size` bytes; nothing when it does not unpack to just that.
std::optional<std::string> unpack_nrv(Nrv kind, Bytes packed, std::size_t size);

}  // namespace assay
