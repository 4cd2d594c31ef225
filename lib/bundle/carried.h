// What a file carries that begins as something else: the archive behind a program that
// unpacks itself, a disc behind the place where a computer starts from it.

#pragma once

#include <cstdint>
#include <optional>

#include "bundle/layer.h"

namespace assay {

struct Carried {
  Identity identity{};
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  /// All around it is known: the program, orders to it in plain text, its signature. Else
  /// something there may be opened by the program in a way of its own.
  bool alone = false;
};

/// Nothing if it carries nothing that can be opened. `seen` is what sniff_content() says.
std::optional<Carried> carried_in(Bytes whole, const Sniff& seen, const Formats& formats);

/// The container of disc images, if it is among the formats.
Identity iso_identity(const Formats& formats);

/// True if a disc image (ECMA-119) stands here, whatever is at its head.
Result<bool> has_iso_mark(const RandomAccess& bytes);

}  // namespace assay
