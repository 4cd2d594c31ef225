// The headers of a 7z archive (7zFormat.txt of the LZMA SDK), walked so that every byte
// of the file is known for what it is before libarchive unpacks any.

#pragma once

#include <cstdint>

#include "bundle/format.h"

namespace assay {

struct SevenZip {
  Ledger ledger{};          ///< of the whole file
  std::uint64_t files = 0;  ///< entries of its header, folders and empty ones too
  bool has_modes = false;   ///< some entry claims permissions as Unix has them
};

/// Walks the headers. `malformed` when packed streams and headers are not all there is, one
/// behind the other; `undecided` for encryption, for a coder unknown to us, and for one
/// that asks for more memory than the limit.
Result<SevenZip> read_seven_zip(const RandomAccess& file, const Limits& limits);

}  // namespace assay
