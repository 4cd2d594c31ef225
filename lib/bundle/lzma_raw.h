// LZMA and LZMA2 without a header or an end mark, as 7z and UPX keep it: its properties and its
// length stand elsewhere.

#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"

namespace assay {

struct LzmaProperties {
  unsigned literal_context = 0, literal_position = 0, position = 0;
  std::uint32_t dictionary = 0;  ///< bytes; the caller holds it against a limit
};

/// Fills `plain` from the head of `packed`. How many bytes of that were not needed;
/// nothing when it cannot be filled.
std::optional<std::size_t> unpack_lzma(const LzmaProperties& properties, Bytes packed,
                                       std::span<std::byte> plain);
/// The same for LZMA2, whose chunks bring all properties but the dictionary.
std::optional<std::size_t> unpack_lzma2(std::uint32_t dictionary, Bytes packed,
                                        std::span<std::byte> plain);

}  // namespace assay
