// A compound file ([MS-CFB]): a small file system of storages and streams, such as an MSI.
// Read strictly: every sector belongs to one thing, every entry of the directory is in the
// one tree, and what belongs to nothing is zero.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bundle/cfb_chains.h"
#include "bundle/format.h"

namespace assay {

/// An entry of the directory, [MS-CFB] 2.6.
struct CfbEntry {
  std::u16string name{};  ///< raw, without the zero at its end
  bool is_stream = false;
  std::array<std::byte, 16> clsid{};
  std::uint32_t state = 0;
  std::uint64_t created = 0;            ///< FILETIME
  std::uint64_t modified = 0;           ///< FILETIME
  std::uint64_t record = 0;             ///< where its 128 bytes stand in the file
  std::vector<std::size_t> children{};  ///< in the order of the tree
  std::uint64_t size = 0;               ///< of a stream
  std::vector<cfb::Extent> content{};   ///< where a stream's bytes stand, in their order
};

struct Cfb {
  std::vector<CfbEntry> entries{};  ///< the root first; a storage before what is in it
  Ledger ledger{};                  ///< of the whole file: streams are members
  const CfbEntry& root() const { return entries.front(); }
};

/// Reads tables and directory, and whether the rest is zero; no content. Fails as malformed,
/// undecided (limits, versions unknown) or with io.
Result<Cfb> read_cfb(const RandomAccess& bytes, const Limits& limits);

}  // namespace assay
