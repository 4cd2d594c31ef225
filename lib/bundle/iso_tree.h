// The files of one disc image, read from all trees it has.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bundle/format.h"

namespace assay::iso {

struct Part {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct File {
  Entry entry{};
  std::vector<Part> parts{};
};

struct Disc {
  std::vector<File> files{};  ///< folders, too, each before what is in it
  Ledger ledger{};
  /// Undecided: something on it that a computer could start from, given out as a file.
  std::optional<Error> left_open{};
};

/// Reads descriptors, path tables and directories, and whether all the rest is zero. Fails
/// as malformed, or undecided for what is not known.
Result<Disc> read_disc(const RandomAccess& bytes, const Limits& limits);

}  // namespace assay::iso
