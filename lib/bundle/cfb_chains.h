// The allocation tables of a compound file ([MS-CFB] 2.2 to 2.5): which sector follows
// which, and that each belongs to one owner only.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/format.h"

namespace assay::cfb {

inline constexpr std::uint32_t kDifatSector = 0xffff'fffc;
inline constexpr std::uint32_t kFatSector = 0xffff'fffd;
inline constexpr std::uint32_t kEndOfChain = 0xffff'fffe;
inline constexpr std::uint32_t kFree = 0xffff'ffff;

/// A run of bytes of the file.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// Adds a run behind the others; one that follows the last directly becomes part of it.
void add_extent(std::vector<Extent>& extents, Extent extent);

Error corrupt(std::string_view why);

/// One table: the FAT, or that of the small sectors.
class Chains {
 public:
  Chains() = default;
  /// `next` has an entry for each of `count` sectors; what it has beyond must say that it is
  /// free; the first may also be an end, where `may_end_twice`. `what` is how messages call a
  /// sector. Fails as malformed.
  static Result<Chains> of(std::vector<std::uint32_t> next, std::uint64_t count,
                           std::string_view what, bool may_end_twice = false);

  /// The sectors from `start` to the end of its chain. Each must be there, and be nobody
  /// else's: so no chain loops, or crosses another. Fails as malformed.
  Result<std::vector<std::uint32_t>> take(std::uint32_t start);
  /// A sector in no chain, whose entry must be `mark`.
  Result<void> take_marked(std::uint32_t sector, std::uint32_t mark);

  /// The sectors nobody took. Each must be free. Fails as unaccounted-bytes.
  Result<std::vector<std::uint32_t>> rest() const;
  std::uint64_t size() const { return next_.size(); }

 private:
  Result<void> claim(std::uint32_t sector);

  std::vector<std::uint32_t> next_{};
  std::vector<bool> taken_{};
  std::string_view what_{};
};

}  // namespace assay::cfb
