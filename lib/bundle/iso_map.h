// What each byte of a disc image is: places are claimed, and what nobody claims is zero.

#pragma once

#include <cstdint>
#include <vector>

#include "bundle/format.h"

namespace assay::iso {

class Map {
 public:
  explicit Map(const RandomAccess& bytes) : bytes_(bytes) {}

  /// So many bytes from there. Fails as truncated. Counts nothing.
  Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t size) const;

  /// The same, as headers of some kind.
  Result<std::vector<std::byte>> take_metadata(std::uint64_t offset, std::uint64_t size);
  /// A file's bytes: other names may claim the very same ones, and none a part of them.
  Result<void> claim_content(std::uint64_t offset, std::uint64_t size);
  /// True if a file's content begins or goes on there.
  bool is_content(std::uint64_t offset) const;

  /// Sorts what was claimed. Fails as corrupt-stream where two claims overlap, as
  /// unaccounted-bytes or trailing-data (behind `end`) where something stands between.
  Result<Ledger> account(std::uint64_t end);

 private:
  struct Claim {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    bool is_content = false;
  };
  Result<void> check_zero(std::uint64_t from, std::uint64_t to, std::uint64_t end) const;

  const RandomAccess& bytes_;
  std::vector<Claim> claims_{};
};

}  // namespace assay::iso
