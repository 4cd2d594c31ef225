// What a compound file ([MS-CFB]) is made of below its directory: header, allocation
// tables, and the places where chains of sectors stand in the file.

#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bundle/cfb_chains.h"

namespace assay::cfb {

/// The header's fields, [MS-CFB] 2.2.
struct Header {
  unsigned version = 0;  ///< 3 or 4
  std::uint64_t sector_size = 0;
  std::uint32_t directory_sectors = 0;  ///< of version 4
  std::uint32_t fat_sectors = 0;
  std::uint32_t directory = 0;
  std::uint32_t mini_fat = 0;
  std::uint32_t mini_fat_sectors = 0;
  std::uint32_t difat = 0;
  std::uint32_t difat_sectors = 0;
  std::array<std::uint32_t, 109> fat{};  ///< where the first of its sectors are
};

/// Where the bytes of a chain stand: those that count, and what fills up the last sector.
struct Placed {
  std::vector<Extent> content{};
  std::vector<Extent> slack{};
};

class File {
 public:
  /// Reads header and tables. Fails as malformed, undecided (limit-decoder-memory,
  /// unsupported-feature) or with io. Holds a reference to `bytes`.
  static Result<File> open(const RandomAccess& bytes, const Limits& limits);

  const Header& header() const { return header_; }
  /// All bytes of sectors that hold tables, the header among them.
  std::uint64_t table_bytes() const { return table_bytes_; }

  /// The chain from `start`, of `size` bytes. Fails as size-mismatch if it is shorter.
  Result<Placed> place(std::uint32_t start, std::uint64_t size);
  /// The bytes of a chain that has no size of its own, such as the directory's.
  Result<std::vector<std::byte>> read_chain(std::uint32_t start, std::vector<Extent>& where);
  /// Once the stream that holds the small sectors is known.
  Result<void> open_mini(std::uint32_t start, std::uint64_t size);
  /// As place(), for what stands in small sectors.
  Result<Placed> place_mini(std::uint32_t start, std::uint64_t size);

  /// What belongs to nobody: it may be there, and must be zero. Once all is placed.
  Result<std::vector<Extent>> free_extents() const;
  /// Fails as unaccounted-bytes, or behind the last sector in use as trailing-data, if one
  /// of these holds anything but zeros.
  Result<void> check_zero(const std::vector<Extent>& extents) const;

  Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t size) const;

 private:
  explicit File(const RandomAccess& bytes) : bytes_(bytes) {}
  Result<void> read_header();
  Result<std::vector<std::uint32_t>> find_fat(std::vector<std::uint32_t>& difat) const;
  Result<void> read_fat(const Limits& limits);
  std::uint64_t sector_count() const { return bytes_.size() / header_.sector_size - 1; }
  std::uint64_t offset_of(std::uint32_t sector) const {
    return (std::uint64_t{sector} + 1) * header_.sector_size;
  }
  void see_used(std::uint64_t end) { used_end_ = used_end_ < end ? end : used_end_; }

  const RandomAccess& bytes_;
  Header header_{};
  Chains sectors_{};
  Chains mini_{};
  std::vector<std::uint32_t> mini_stream_{};  ///< its sectors
  std::uint64_t table_bytes_ = 0;
  std::uint64_t used_end_ = 0;  ///< behind the last sector that belongs to something
};

}  // namespace assay::cfb
