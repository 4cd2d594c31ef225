// Volume descriptors of a disc image (ECMA-119 8), and what stands beside its trees: path
// tables and what a computer starts from ("El Torito" 1.0).

#pragma once

#include <optional>
#include <vector>

#include "bundle/iso_map.h"
#include "bundle/iso_records.h"

namespace assay::iso {

/// One tree of directories.
struct Volume {
  bool is_joliet = false;
  Record root{};                         ///< without a system use field
  std::vector<std::uint64_t> folders{};  ///< where directories are, by the path tables
};

struct Volumes {
  Volume primary{};
  std::optional<Volume> joliet{};
  std::optional<std::uint64_t> boot_catalog{};  ///< its offset
  std::uint64_t end = 0;                        ///< of the primary volume
};

/// Claims descriptors and path tables. Fails as malformed or undecided.
Result<Volumes> read_volumes(Map& map);

/// What the boot catalog names, each as offset and size.
Result<std::vector<std::pair<std::uint64_t, std::uint64_t>>> read_boot_images(
    const Map& map, std::uint64_t catalog);

}  // namespace assay::iso
