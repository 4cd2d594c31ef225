#include "log/tile.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

namespace assay::log {
namespace {

Error damaged(std::string what) {
  return {.kind = Error::Kind::durability, .code = "log-damaged", .what = std::move(what)};
}

/// 1234067 is "x001/x234/067".
std::string index_path(std::uint64_t index) {
  std::string path = fmt::format("{:03}", index % 1000);
  for (index /= 1000; index != 0; index /= 1000) {
    path.insert(0, fmt::format("x{:03}/", index % 1000));
  }
  return path;
}

std::string folder_of_level(int level) {
  return level == Tile::kEntries ? "tile/entries/" : fmt::format("tile/{}/", level);
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

/// Cuts "PREFIX/" off the front.
std::string_view next_part(std::string_view& path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return part;
}

}  // namespace

std::string tile_path(const Tile& tile) {
  const std::string path = folder_of_level(tile.level) + index_path(tile.index);
  return tile.width == kTileWidth ? path : fmt::format("{}.p/{}", path, tile.width);
}

std::string partial_folder(const Tile& tile) {
  return folder_of_level(tile.level) + index_path(tile.index) + ".p";
}

std::optional<Tile> parse_tile_path(std::string_view path) {
  std::string_view rest = path;
  if (path.size() > 64 || next_part(rest) != "tile") return std::nullopt;
  Tile tile;
  const std::string_view level = next_part(rest);
  if (level == "entries") {
    tile.level = Tile::kEntries;
  } else if (level.size() == 1 && level < "8") {
    tile.level = level.front() - '0';
  } else {
    return std::nullopt;
  }
  while (!rest.empty()) {
    std::string_view part = next_part(rest);
    const bool partial = part.ends_with(".p");
    if (part.starts_with('x')) part.remove_prefix(1);
    const auto group = number(part.substr(0, 3));
    if (!group || tile.index > std::uint64_t{1} << 50U) return std::nullopt;
    tile.index = tile.index * 1000 + *group;
    if (!partial) continue;
    tile.width = number(rest).value_or(0);
    break;
  }
  if (tile.width == 0 || tile.width > kTileWidth) return std::nullopt;
  // One tile has one path.
  return tile_path(tile) == path ? std::optional(tile) : std::nullopt;
}

std::uint64_t hashes_at(int level, std::uint64_t size) {
  return level == Tile::kEntries ? size : size >> (kTileHeight * static_cast<unsigned>(level));
}

Tile tile_of(int level, std::uint64_t hash, std::uint64_t size) {
  const std::uint64_t index = hash / kTileWidth;
  const std::uint64_t width = std::min(kTileWidth, hashes_at(level, size) - index * kTileWidth);
  return {.level = level, .index = index, .width = width};
}

Result<std::vector<Hash>> parse_hashes(std::string_view bytes) {
  constexpr std::size_t kSize = sizeof(Hash);
  if (bytes.empty() || bytes.size() % kSize != 0 || bytes.size() > kTileWidth * kSize) {
    return damaged(fmt::format("a tile of {} bytes holds no whole hashes", bytes.size()));
  }
  std::vector<Hash> hashes(bytes.size() / kSize);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::ranges::copy(as_bytes(bytes.substr(i * kSize, kSize)), hashes[i].begin());
  }
  return hashes;
}

std::string format_hashes(const std::vector<Hash>& hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) bytes += as_text(hash);
  return bytes;
}

Hash fold(std::vector<Hash> hashes) {
  for (std::size_t count = hashes.size(); count > 1; count /= 2) {
    for (std::size_t i = 0; i < count / 2; ++i) {
      hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
    }
  }
  return hashes.empty() ? empty_root() : hashes.front();
}

Result<std::vector<std::string>> parse_entries(std::string_view bytes) {
  std::vector<std::string> entries;
  while (!bytes.empty()) {
    if (entries.size() == kTileWidth) return damaged("a bundle holds more than 256 entries");
    if (bytes.size() < 2) return damaged("a bundle ends inside a length");
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t length = byte(0) << 8U | byte(1);
    bytes.remove_prefix(2);
    if (bytes.size() < length) return damaged("a bundle ends inside an entry");
    entries.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return entries;
}

std::string frame(std::string_view entry) {
  std::string bytes;
  bytes += static_cast<char>(entry.size() >> 8U & 0xffU);
  bytes += static_cast<char>(entry.size() & 0xffU);
  return bytes.append(entry);
}

Subtree subtrees_of(std::uint64_t size, ReadTile read) {
  using Key = std::pair<int, std::uint64_t>;
  const auto tiles = std::make_shared<std::map<Key, std::vector<Hash>>>();
  return [=, read = std::move(read)](unsigned level, std::uint64_t n) -> Result<Hash> {
    const int tile_level = static_cast<int>(level / kTileHeight);
    const unsigned height = level % kTileHeight;
    const std::uint64_t first = n << height;
    const std::uint64_t count = std::uint64_t{1} << height;
    if (first + count > hashes_at(tile_level, size)) {
      return fail(Error::Kind::internal, "a subtree that is not complete");
    }
    const Tile tile = tile_of(tile_level, first, size);
    auto found = tiles->find({tile.level, tile.index});
    if (found == tiles->end()) {
      std::vector<Hash> hashes = TRY(parse_hashes(TRY(read(tile))));
      if (hashes.size() < tile.width) return damaged("a tile holds too few hashes");
      found = tiles->emplace(Key(tile.level, tile.index), std::move(hashes)).first;
    }
    const auto begin = found->second.begin() + static_cast<std::ptrdiff_t>(first % kTileWidth);
    return fold({begin, begin + static_cast<std::ptrdiff_t>(count)});
  };
}

}  // namespace assay::log
