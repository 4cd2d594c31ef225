// Tiles (C2SP tlog-tiles): the tree cut into files of 256 hashes, and the
// entries into bundles of 256. Names and bytes; who reads them is elsewhere.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/merkle.h"

namespace assay::log {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
/// 2^63 entries need eight levels of tiles.
inline constexpr unsigned kTileLevels = 8;
/// An entry's length is written in two bytes (tlog-tiles, "Log entries"); ours are shorter.
inline constexpr std::size_t kMaxWireEntry = 65'535;
inline constexpr std::size_t kMaxBundleBytes = kTileWidth * (kMaxWireEntry + 2);

/// One file of hashes or entries, the first `width` of its 256.
struct Tile {
  static constexpr int kEntries = -1;
  int level = 0;  ///< kEntries: a bundle of entries
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;  ///< 1..256
  bool operator==(const Tile&) const = default;
};

/// "tile/0/x001/067.p/5", "tile/entries/000": below the log's folder.
std::string tile_path(const Tile& tile);
/// Its folder of partial tiles: "tile/0/x001/067.p".
std::string partial_folder(const Tile& tile);
/// The tile of a path; nothing if tile_path does not give that path.
std::optional<Tile> parse_tile_path(std::string_view path);

/// How many hashes there are at `level` of tiles in a tree of `size` entries.
std::uint64_t hashes_at(int level, std::uint64_t size);
/// The tile with `hash` at `level`, as wide as a tree of `size` entries makes it.
Tile tile_of(int level, std::uint64_t hash, std::uint64_t size);

/// Hashes of a tile file of that many bytes.
Result<std::vector<Hash>> parse_hashes(std::string_view bytes);
std::string format_hashes(const std::vector<Hash>& hashes);
/// The hash over all of a full tile: the next level's.
Hash fold(std::vector<Hash> hashes);

/// The entries of a bundle file; fails with code "log-damaged" when its frames do not fit.
Result<std::vector<std::string>> parse_entries(std::string_view bytes);
/// One entry in its frame, to put behind the others. At most kMaxWireEntry bytes.
std::string frame(std::string_view entry);

/// The bytes of a tile file.
using ReadTile = std::function<Result<std::string>(const Tile&)>;

/// Subtrees of a tree of `size` entries, from its tiles. Each tile is read once.
Subtree subtrees_of(std::uint64_t size, ReadTile read);

}  // namespace assay::log
