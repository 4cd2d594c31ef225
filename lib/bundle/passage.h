// Passage: a large leaf on its way to somebody who looks at its bytes as they pass, so that
// nobody holds it.

#pragma once

#include <cstdint>

#include "bundle/format.h"
#include "bundle/walk.h"

namespace assay {

/// Bytes that may_pass() wants to see.
inline constexpr std::size_t kPassageHead = std::size_t{128} << 10;

/// True for a program of Linux of `size` bytes of which the head says that nothing but the
/// program is in it: no other type claims it, and its tables reach to its end.
bool may_pass(Bytes head, std::uint64_t size);

/// All of `stream` to `passage`. False when it is no more what it was taken for: its size
/// is another, or it may be a zip too. Then it has to be held.
Result<bool> pass_by(ByteStream& stream, std::uint64_t size, Passage& passage);

}  // namespace assay
